import { clsx } from "clsx";

const TAIL = 12;
const SHORT = 2 * TAIL;

/** A name cut in its middle when there is no room: prefix and tail both matter. The full text is in the title. */
export function Middle({ text, className }: { text: string; className?: string }) {
  const characters = [...inOneLine(text)];
  const look = clsx("min-w-0 font-mono text-label", className);
  if (characters.length <= SHORT)
    return (
      <span title={text} className={clsx("block truncate whitespace-pre", look)}>
        {characters.join("")}
      </span>
    );
  return (
    <span title={text} className={clsx("relative flex", look)}>
      {/* Cut in two for the eye only: read aloud, or looked for, it is one name. */}
      <span className="sr-only">{text}</span>
      <span aria-hidden className="truncate whitespace-pre">
        {characters.slice(0, -TAIL).join("")}
      </span>
      <span aria-hidden className="shrink-0 whitespace-pre">
        {characters.slice(-TAIL).join("")}
      </span>
    </span>
  );
}

/** Line ends and other controls as the pictures Unicode has for them: a name is one line, whatever is in it. */
function inOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => {
    const code = control.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
  });
}
