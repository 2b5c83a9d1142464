"use client";

import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";
import { FIELD, Field, fieldProps } from "./field";

interface Labelled {
  label: ReactNode;
  hideLabel?: boolean;
  hint?: ReactNode;
  error?: ReactNode;
  mono?: boolean;
}

export function TextField({
  label,
  hideLabel,
  hint,
  error,
  mono,
  before,
  after,
  className,
  ...rest
}: ComponentProps<"input"> & Labelled & { before?: ReactNode; after?: ReactNode }) {
  const id = useId();
  return (
    <Field id={id} label={label} hideLabel={hideLabel ?? false} hint={hint} error={error}>
      <div className="relative">
        {before ? (
          <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-muted">{before}</span>
        ) : null}
        <input
          {...rest}
          {...fieldProps(id, { hint, error })}
          spellCheck={rest.spellCheck ?? false}
          className={clsx(
            FIELD,
            "h-8 border-control",
            before ? "pl-8" : "pl-2.5",
            after ? "pr-9" : "pr-2.5",
            mono && "font-mono",
            className,
          )}
        />
        {after ? <span className="absolute inset-y-0 right-1 flex items-center">{after}</span> : null}
      </div>
    </Field>
  );
}

export function TextArea({
  label,
  hideLabel,
  hint,
  error,
  mono,
  className,
  ...rest
}: ComponentProps<"textarea"> & Labelled) {
  const id = useId();
  return (
    <Field id={id} label={label} hideLabel={hideLabel ?? false} hint={hint} error={error}>
      <textarea
        {...rest}
        {...fieldProps(id, { hint, error })}
        spellCheck={rest.spellCheck ?? false}
        className={clsx(FIELD, "border-control min-h-20 px-2.5 py-1.5", mono && "font-mono text-label", className)}
      />
    </Field>
  );
}
