import { isAbsolute, relative } from "node:path";
import { ROOT } from "./paths.mjs";

/** What to know once the console is ready: where it is, what it shows, how to get in. */
export function banner({ url, redis, data, hasDemo }) {
  const { NODE_NAME: namespace, ENVIRONMENT: environment } = process.env;
  const facts = [
    ["Keydeck", url],
    [
      "Namespace",
      `${namespace || "none (NODE_NAME is not set: legacy names)"}${environment ? `, ${environment}` : ""}`,
    ],
    ["Redis", redis.isEmbedded ? `${redis.address}, embedded, data in ${display(data)}/redis` : redis.address],
    ...(hasDemo ? [["Demo", "three instances write sample data; DEMO=0 leaves them out"]] : []),
    ["Sign in", signIn(redis)],
    ["Stop", "Ctrl-C"],
  ];
  return `\n${facts.map(([name, fact]) => `  ${name.padEnd(11)}${fact}`).join("\n")}\n\n`;
}

function signIn({ firstAdmin, isEmbedded }) {
  const { USERS, USERS_FILE, OIDC_ISSUER, OIDC_NAME, API_TOKENS } = process.env;
  if (firstAdmin) return `${firstAdmin.name} / ${firstAdmin.password}  (shown only this once)`;
  const ways = [
    USERS && "the accounts in USERS",
    USERS_FILE &&
      (isEmbedded ? "admin; for a new password: npm run user -- reset admin" : `the accounts in ${USERS_FILE}`),
    OIDC_ISSUER && (OIDC_NAME || "single sign-on"),
  ].filter(Boolean);
  if (ways.length > 0) return ways.join(", or ");
  return API_TOKENS
    ? "nobody; only API tokens are accepted"
    : "nobody can yet; make an account: npm run user -- add <name> admin";
}

function display(folder) {
  const inside = relative(ROOT, folder);
  return inside.startsWith("..") || isAbsolute(inside) ? folder : inside;
}
