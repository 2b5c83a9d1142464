import { clsx } from "clsx";

const TAIL = 12;

/** A name cut in its middle when there is no room: prefix and tail both matter. The full text is in the title. */
export function Middle({ text, className }: { text: string; className?: string }) {
  const characters = [...text];
  const head = characters.slice(0, -TAIL).join("");
  const tail = characters.slice(-TAIL).join("");
  return (
    <span title={text} className={clsx("flex min-w-0 font-mono text-label", className)}>
      {head ? <span className="truncate whitespace-pre">{head}</span> : null}
      <span className={clsx("whitespace-pre", head ? "shrink-0" : "truncate")}>{tail}</span>
    </span>
  );
}
