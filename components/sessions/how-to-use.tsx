import { UserRound } from "lucide-react";
import { EmptyState } from "@/components/ui/empty-state";
import { useMe } from "@/lib/client/me";

const EXAMPLE = `const cluster = createCluster({ redis, nodeName });

// Express
app.use(session({ store: cluster.sessions.expressStore(), secret, … }));
// Fastify
app.register(fastifySession, { store: cluster.sessions.fastifyStore(), secret, … });
// or by hand
await cluster.sessions.create({ user: "42", data: { … } });`;

/** Nobody has signed in, or the application keeps its sessions elsewhere: what to do about that. */
export function HowToUse() {
  const { namespace } = useMe();
  return (
    <>
      <EmptyState
        icon={UserRound}
        title={<>No sessions in {namespace ? <code className="font-mono">{namespace}</code> : "this namespace"}</>}
      >
        Sessions appear here as soon as an instance writes one through the session store.
      </EmptyState>
      <pre className="mx-auto w-fit max-w-full overflow-x-auto rounded-control border border-line bg-panel p-3 font-mono text-label">
        {EXAMPLE}
      </pre>
    </>
  );
}
