import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { proxy } from "@/proxy";

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  proxy(new NextRequest(`http://console.test${path}`, { headers, method }));
const cookie = "next-auth.session-token=anything";

describe("the proxy", () => {
  it("sends who has no session to the sign-in page, and remembers where to", () => {
    expect(ask("/keys?search=a").headers.get("location")).toBe(
      "http://console.test/sign-in?callbackUrl=%2Fkeys%3Fsearch%3Da",
    );
    expect(ask("/").headers.get("location")).toBe("http://console.test/sign-in");
    expect(ask("/keys", { cookie }).headers.get("location")).toBeNull();
    expect(ask("/sign-in").headers.get("location")).toBeNull();
  });

  it("takes only the __Secure- cookie over https, which no other host can set", () => {
    const headers = { "x-forwarded-proto": "https" };
    expect(ask("/keys", { ...headers, cookie }).headers.get("location")).not.toBeNull();
    expect(ask("/keys", { ...headers, cookie: `__Secure-${cookie}` }).headers.get("location")).toBeNull();
  });

  it("gives every page a nonce of its own, and the page the same one", () => {
    const nonces = [1, 2].map(() => {
      const { headers } = ask("/keys", { cookie });
      const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1];
      expect(headers.get("x-middleware-request-x-nonce")).toBe(nonce);
      return nonce;
    });
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(Buffer.from(nonces[0] ?? "", "base64")).toHaveLength(16);
  });

  it("allows no script, frame, form or base from elsewhere", () => {
    const policy = ask("/keys", { cookie }).headers.get("content-security-policy");
    expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
    for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });

  it("sandboxes what the API answers, whatever bytes a key holds", () => {
    const { headers } = ask("/api/keys");
    expect(headers.get("content-security-policy")).toContain("sandbox");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(ask("/api/keys", {}, "PATCH").status).toBe(405);
  });

  it("refuses an address that is no text before anything trips over it", () => {
    for (const path of ["/api/keys/%ff", "/api/keys/%E0%A4%A"]) expect(ask(path, { cookie }).status).toBe(422);
    expect(ask("/api/keys/%00%F0%9F%94%91", { cookie }).status).toBe(200);
  });
});
