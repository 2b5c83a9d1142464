import { oneLine, textBytes } from "@/lib/client/bytes";

/** Whom a session belongs to. Applications put anything there: what cannot be seen is spelled out. */
export function userName(user: string): string {
  return oneLine(textBytes(user));
}

export function UserName({ user }: { user: string | null }) {
  if (user === null) return <span className="text-muted">nobody known</span>;
  return <span title={userName(user)}>{userName(user)}</span>;
}
