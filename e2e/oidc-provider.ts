// An OpenID Connect provider as small as the protocol allows: authorization code with PKCE, one RS256 key, no login page.
// It signs in whoever comes, with the claims it was last told.

import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

export interface OidcProvider {
  readonly issuer: string;
  /** Who comes next, besides the claims every token has. */
  claims: Record<string, unknown>;
  close(): Promise<void>;
}

export async function startOidcProvider(client: { id: string; secret: string }): Promise<OidcProvider> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const provider = { issuer: "", claims: {} as Record<string, unknown> };

  function tokenFor({ clientId, nonce }: Grant): string {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: provider.issuer, aud: clientId, iat: now, exp: now + 60, nonce, ...provider.claims };
    const text = [{ alg: "RS256", kid: "1" }, claims].map(encode).join(".");
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
  }

  function authorize(query: URLSearchParams): string {
    const code = randomUUID();
    const of = (name: string) => query.get(name) ?? "";
    grants.set(code, {
      clientId: of("client_id"),
      redirectUri: of("redirect_uri"),
      challenge: of("code_challenge"),
      nonce: of("nonce"),
    });
    return `${of("redirect_uri")}?${new URLSearchParams({ code, state: of("state") })}`;
  }

  function exchange(form: URLSearchParams, authorization: string | undefined): Record<string, unknown> | null {
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const verifier = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const secret = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}`;
    const allowed = grant?.clientId === client.id && grant.challenge === verifier && authorization === secret;
    if (!grant || !allowed || form.get("redirect_uri") !== grant.redirectUri) return null;
    return { access_token: randomUUID(), token_type: "Bearer", expires_in: 60, id_token: tokenFor(grant) };
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", provider.issuer);
    const json = (body: unknown, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (pathname === "/.well-known/openid-configuration") return json(discovery(provider.issuer));
    if (pathname === "/keys") return json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "1", use: "sig" }] });
    if (pathname === "/authorize") return response.writeHead(302, { location: authorize(searchParams) }).end();
    if (pathname !== "/token") return response.writeHead(404).end();
    const tokens = exchange(new URLSearchParams(await textOf(request)), request.headers.authorization);
    return tokens ? json(tokens) : json({ error: "invalid_grant" }, 400);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(provider, {
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function discovery(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic"],
  };
}

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
