import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Why there is nothing here, and what to do about it. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon?: LucideIcon;
  title: ReactNode;
  /** The reason or the instruction. */
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-1 px-6 py-12 text-center">
      {Icon ? <Icon aria-hidden className="mb-2 size-5 text-muted" strokeWidth={1.5} /> : null}
      <div className="font-medium text-balance">{title}</div>
      {children ? <div className="max-w-110 text-pretty text-muted">{children}</div> : null}
      {action ? <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
