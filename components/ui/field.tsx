import { clsx } from "clsx";
import type { ReactNode } from "react";

/** The look of everything one types into or chooses from. */
export const FIELD = clsx(
  "w-full min-w-0 rounded-control border bg-panel text-field",
  "disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted",
  "aria-invalid:border-bad focus-visible:outline-offset-[-1px]",
);

/** Label above, hint or error below, joined to the control by ids for those who hear the page. */
export function Field({
  id,
  label,
  hideLabel = false,
  hint,
  error,
  children,
}: {
  id: string;
  label: ReactNode;
  hideLabel?: boolean;
  hint?: ReactNode;
  error?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={hideLabel ? "sr-only" : "text-label font-medium"}>
        {label}
      </label>
      {children}
      {error ? (
        <p id={`${id}-note`} role="alert" className="text-label text-bad-ink">
          {error}
        </p>
      ) : hint ? (
        <p id={`${id}-note`} className="text-label text-muted">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** The attributes that tie a control to its Field. */
export function fieldProps(id: string, { hint, error }: { hint?: ReactNode; error?: ReactNode }) {
  return {
    id,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": error || hint ? `${id}-note` : undefined,
  };
}
