// Makes the route handler of an endpoint: who asks, may they, is the input right; then the service; then its answer or
// the typed error. Every refusal of a change by somebody known is on record, whoever refused it.

import { allows, type Endpoint } from "../contracts/endpoint.ts";
import { displayName, fromKeyId } from "../explorer/bytes.ts";
import { addressOf, identify, isClosed } from "./access/identity.ts";
import type { Act } from "./audit/audit.ts";
import { type Actor, ApiError, type Context, type Service } from "./context.ts";
import { type Failure, failureResponse, toFailure } from "./errors.ts";
import { type Handler, type Params, readInput } from "./input.ts";
import { requireSameOrigin } from "./origin.ts";
import { getRuntime, type Runtime } from "./runtime.ts";

type GivenParams = NonNullable<Awaited<Params>>;

export function route<E extends Endpoint>(endpoint: E, service: Service<E>): Handler {
  return async (request, { params }) => {
    let context: Context | undefined;
    try {
      context = await enter(endpoint, request);
      authorize(endpoint, request, context);
      const input = await readInput(endpoint, request, params);
      const answer = await service(context, input);
      return answer instanceof Response ? answer : json(endpoint.reply.parse(answer));
    } catch (error) {
      if (request.signal.aborted) return new Response(null, { status: 499 });
      const failure = toFailure(error);
      // Next gives a route without segments no params at all.
      if (context !== undefined && changes(endpoint)) await record(endpoint, context, (await params) ?? {}, failure);
      return failureResponse(failure);
    }
  };
}

/** The typed 404 of every address that is none. */
export const unknownRoute: Handler = async () =>
  failureResponse({ code: "NOT_FOUND", message: "There is no such route. /api/openapi.json lists all of them." });

async function enter(endpoint: Endpoint, request: Request): Promise<Context> {
  const { signal } = request;
  if (endpoint.role === "public") return publicContext(request);
  const runtime = getRuntime();
  const actor = await identify(request.headers, runtime);
  if (actor === null) throw unauthenticated(runtime);
  return { runtime, actor, signal };
}

/** The runtime starts only if the service asks for it: that the process lives is told without it. */
function publicContext(request: Request): Context {
  const actor: Actor = {
    name: "anybody",
    role: "viewer",
    via: "session",
    address: addressOf(request.headers),
    until: null,
    isCurrent: () => true,
  };
  return {
    actor,
    signal: request.signal,
    get runtime() {
      return getRuntime();
    },
  };
}

function unauthenticated(runtime: Runtime): ApiError {
  return new ApiError(
    "UNAUTHENTICATED",
    isClosed(runtime)
      ? "Nobody can sign in yet: set USERS_FILE, USERS, OIDC_ISSUER or API_TOKENS. The README says how."
      : "Sign in, or send an API token.",
  );
}

function authorize(endpoint: Endpoint, request: Request, { actor, runtime }: Context): void {
  if (endpoint.role === "public") return;
  if (actor.via === "session" && changes(endpoint)) requireSameOrigin(request, runtime.config.auth.url);
  if (!allows(actor.role, endpoint.role))
    throw new ApiError("FORBIDDEN", `This needs the role ${endpoint.role}; ${actor.name} has the role ${actor.role}.`);
}

function changes({ method, role }: Endpoint): boolean {
  return method !== "GET" && role !== "public";
}

/** Records a refusal that the service did not record itself. */
async function record(endpoint: Endpoint, context: Context, params: GivenParams, failure: Failure): Promise<void> {
  const { audit, keyspace } = context.runtime;
  if (audit.hasRecorded(context)) return;
  const act: Act = { action: actionOf(endpoint), target: targetOf(params, keyspace) };
  await audit.refused(context, act, failure);
}

/** `keys.writeKey`, for a refusal before the service could name its act. */
function actionOf({ path, id }: Endpoint): string {
  return `${path.split("/")[2]}.${id}`;
}

/** A name is shown only when it is ours: nobody learns of another namespace's keys from the audit. */
function targetOf({ k, id }: GivenParams, keyspace: Runtime["keyspace"]): string {
  if (typeof k !== "string") return typeof id === "string" ? id.slice(0, 64) : "";
  try {
    const name = fromKeyId(k);
    return keyspace.contains(name) ? displayName(name) : "a key outside the namespace";
  } catch {
    return "a malformed key";
  }
}

function json(reply: unknown): Response {
  return Response.json(reply, { headers: { "cache-control": "no-store" } });
}
