const COOKIE = "next-auth.session-token";

/** The session token, joined when it was cut into numbered cookies. Over https only the __Secure- name counts. */
export function sessionCookie(headers: Headers): string {
  const name = headers.get("x-forwarded-proto") === "https" ? `__Secure-${COOKIE}` : COOKIE;
  const parts = (headers.get("cookie") ?? "").split(";").flatMap((cookie) => {
    const [key = "", value = ""] = cookie.trim().split("=", 2);
    const suffix = key === name ? "0" : key.startsWith(`${name}.`) ? key.slice(name.length + 1) : "";
    return /^\d$/.test(suffix) ? [{ index: Number(suffix), value }] : [];
  });
  return parts
    .sort((a, b) => a.index - b.index)
    .map(({ value }) => value)
    .join("");
}
