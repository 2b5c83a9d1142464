import type { ReactNode } from "react";

/** One line of a definition list: what it is called, and what it is. */
export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words whitespace-normal">{children}</dd>
    </>
  );
}
