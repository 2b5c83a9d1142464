import type { ReactNode } from "react";

/** Every screen begins alike: title, one-sentence state, the primary action. */
export function PageHeader({ title, state, actions }: { title: string; state?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
      <h1 className="text-title font-semibold">{title}</h1>
      <div className="min-w-0 flex-1 max-sm:order-last max-sm:basis-full">{state}</div>
      {actions ? <div className="flex flex-wrap items-center justify-end gap-2 max-sm:ml-auto">{actions}</div> : null}
    </header>
  );
}

/** A heading inside a page, with its note and its own action. */
export function SectionHeader({
  title,
  note,
  action,
  id,
}: {
  title: string;
  note?: ReactNode;
  action?: ReactNode;
  id?: string;
}) {
  return (
    <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-1.5">
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      <div className="min-w-0 flex-1 text-label text-muted">{note}</div>
      {action}
    </header>
  );
}
