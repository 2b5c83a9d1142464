"use client";

import { useQuery } from "@tanstack/react-query";
import { EyeOff, UserRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Bytes, Unknown } from "@/components/ui/bytes";
import { EmptyState } from "@/components/ui/empty-state";
import { Fact } from "@/components/ui/fact";
import { Loaded } from "@/components/ui/loaded";
import { Pane } from "@/components/ui/pane";
import { Time } from "@/components/ui/time";
import { plural } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { usePolling } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { sessionQuery } from "@/lib/client/sessions";
import { allows } from "@/lib/contracts/endpoint";
import type { SessionDetail } from "@/lib/contracts/sessions";
import { TextBlock } from "../keys/values/text-block";
import { RevokeDialog } from "./revoke-dialog";
import { TimeLeft } from "./time-left";
import { changeSessionsView, closeSession } from "./use-sessions-view";
import { UserName } from "./user-name";

/** One session: whose, how long still, what is in it, and the ways to end it. */
export function SessionPane({ sessionRef }: { sessionRef: string }) {
  const query = useQuery({ ...sessionQuery(sessionRef), refetchInterval: usePolling() });
  return (
    <Pane
      label="Session"
      title={query.data ? <span className="font-mono">{query.data.fingerprint}</span> : "Session"}
      onClose={closeSession}
    >
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Loaded query={query} what="This session could not be read" rows={6} absent={() => <Gone />}>
          {(session) => (
            <>
              <Facts session={session} />
              <Acts session={session} />
              <Contents session={session} />
            </>
          )}
        </Loaded>
      </div>
    </Pane>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={UserRound}
      title="There is no such session now"
      action={<Button onClick={closeSession}>Back to the list</Button>}
    >
      It has expired, was ended, or its user signed out.
    </EmptyState>
  );
}

function Facts({ session }: { session: SessionDetail }) {
  const { user, createdAt, lastSeenAt, version, bytes, ofUser, asOf } = session;
  return (
    <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-3">
      <Fact name="User">
        <UserName user={user} />
        {user !== null && ofUser !== null ? (
          <button
            type="button"
            className="ml-2 text-label text-accent hover:underline"
            onClick={() => changeSessionsView({ tab: "index", user })}
          >
            {plural(ofUser, "session")}
          </button>
        ) : null}
      </Fact>
      <Fact name="Expires in">
        <TimeLeft session={session} asOf={asOf} />
      </Fact>
      <Fact name="Last seen">{lastSeenAt === null ? <Unknown /> : <Time at={lastSeenAt} />}</Fact>
      <Fact name="Created">{createdAt === null ? <Unknown /> : <Time at={createdAt} />}</Fact>
      <Fact name="Last written">{version === null ? <Unknown /> : <Time at={Math.floor(version / 1_000)} />}</Fact>
      <Fact name="Version">
        {version === null ? <Unknown /> : <span className="font-mono text-label">{version}</span>}
      </Fact>
      <Fact name="Size">
        <Bytes bytes={bytes} />
      </Fact>
    </dl>
  );
}

function Acts({ session: { ref, user, ofUser, fingerprint } }: { session: SessionDetail }) {
  const [asking, setAsking] = useState<"one" | "all" | null>(null);
  const mayRevoke = allows(useMe().role, "operator");
  useHotkey("delete", () => setAsking("one"), mayRevoke);
  if (!mayRevoke) return null;
  const close = () => setAsking(null);
  return (
    <div className="flex flex-wrap gap-2 border-y border-line px-4 py-3">
      <Button onClick={() => setAsking("one")}>Revoke…</Button>
      {user !== null && ofUser !== null && ofUser > 1 ? (
        <Button onClick={() => setAsking("all")}>Revoke all {ofUser} of this user…</Button>
      ) : null}
      {asking === "one" ? <RevokeDialog target={{ ref }} fingerprint={fingerprint} count={1} onClose={close} /> : null}
      {asking === "all" && user !== null ? (
        <RevokeDialog target={{ user }} count={ofUser ?? 1} onClose={close} />
      ) : null}
    </div>
  );
}

function Contents({ session: { contents, because, masked, truncated } }: { session: SessionDetail }) {
  return (
    <section aria-label="Contents" className="flex flex-col gap-2 pt-3 pb-6">
      <h3 className="px-4 font-medium">Contents</h3>
      {masked ? (
        <p className="flex items-center gap-2 px-4 text-label text-muted">
          <EyeOff aria-hidden className="size-3.5" />
          Secrets in it are masked.
        </p>
      ) : null}
      {contents === null ? (
        <p className="px-4 text-muted">{because ?? "It could not be read."}</p>
      ) : (
        <TextBlock text={contents} isJson cut={truncated ? "The rest was cut." : null} />
      )}
    </section>
  );
}
