"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect } from "react";
import { announce } from "@/components/ui/announcer";
import { Loaded } from "@/components/ui/loaded";
import { Pane } from "@/components/ui/pane";
import { Status, ToneMark } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { useNow } from "@/components/ui/use-now";
import { formatDuration, formatRough, plural } from "@/lib/client/format";
import { instanceHref } from "@/lib/client/instances";
import { useLive } from "@/lib/client/live";
import { revocationQuery, slowestDropMs } from "@/lib/client/sessions";
import type { Revocation } from "@/lib/contracts/sessions";
import { closeSession } from "./use-sessions-view";

type Instance = Revocation["instances"][number];

/** The proof that an end took effect: which instances have said that they dropped it, and who has not. */
export function RevocationPane({ entry }: { entry: string }) {
  const query = useQuery(revocationQuery(entry, useLive().paused));
  const revoked = query.data?.what;
  return (
    <Pane label="Proof of revocation" title={revoked ? `Revoked ${what(revoked)}` : "Revoked"} onClose={closeSession}>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Loaded query={query} what="The proof could not be read" rows={4}>
          {(revocation) => <Proof revocation={revocation} />}
        </Loaded>
      </div>
    </Pane>
  );
}

function Proof({ revocation }: { revocation: Revocation }) {
  return (
    <>
      <Verdict revocation={revocation} />
      <ul aria-label="Instances" className="border-t border-line">
        {revocation.instances.map((instance) => (
          <InstanceLine key={instance.instanceId} instance={instance} />
        ))}
      </ul>
      <p className="px-4 py-3 text-label text-pretty text-muted">
        {revocation.verdict === "unproven"
          ? "Redis holds it no more. An instance that is cut off or stopped may still have a copy in memory, which it drops before it serves anything again. To be certain now, end that process."
          : "Redis holds it no more. An instance counts as done when its own sign of life says that it has applied this revocation."}
      </p>
    </>
  );
}

function what({ name, count }: NonNullable<Revocation["what"]>): string {
  return count > 1 ? `${name} (${count})` : name;
}

function Verdict({ revocation }: { revocation: Revocation }) {
  const { verdict, at } = revocation;
  const { tone, words } = wordsOf(revocation);
  useEffect(() => announce(words), [words]);
  return (
    <div className="flex flex-col gap-1 px-4 py-3">
      <p data-verdict={verdict} className="font-medium">
        <Status tone={tone}>{words}</Status>
      </p>
      <p className="pl-5 text-muted">
        Revoked <Time at={at} />
        {verdict === "waiting" ? <Deadline at={revocation.deadlineAt} /> : null}
      </p>
    </div>
  );
}

function Deadline({ at }: { at: number }) {
  const left = at - useNow();
  return left > 0 ? <>; every instance should answer within {formatRough(Math.max(1_000, left))}</> : null;
}

function wordsOf(revocation: Revocation): { tone: Tone; words: string } {
  const present = revocation.instances.filter(({ drop }) => drop !== "gone");
  const open = present.filter(({ drop }) => drop === "behind" || drop === "silent");
  if (revocation.verdict === "waiting")
    return { tone: "running", words: `Waiting for ${open.length} of ${plural(present.length, "instance")}` };
  if (revocation.verdict === "unproven")
    return {
      tone: "bad",
      words: `Not confirmed by ${open.map(({ name }) => name).join(", ")}`,
    };
  if (present.length === 0) return { tone: "ok", words: "No instance keeps sessions, so none had a copy" };
  const slowest = slowestDropMs(revocation);
  const who = present.length === 1 ? "The one instance has" : `All ${present.length} instances have`;
  return { tone: "ok", words: `${who} dropped it${slowest === null ? "" : ` within ${formatDuration(slowest)}`}` };
}

const DROPS: Record<Instance["drop"], { tone: Tone; say: (instance: Instance) => string }> = {
  dropped: {
    tone: "ok",
    say: ({ afterMs }) => (afterMs === null ? "dropped it" : `dropped it, said so after ${formatDuration(afterMs)}`),
  },
  "reads-redis": { tone: "ok", say: () => "holds no copies: it asks Redis for every request" },
  behind: { tone: "running", say: () => "has not said so yet" },
  silent: { tone: "bad", say: ({ silentMs }) => `silent for ${formatRough(silentMs)}` },
  gone: {
    tone: "idle",
    say: ({ silentMs }) => `gone for ${formatRough(silentMs)}; it drops its copies before it serves again`,
  },
};

function InstanceLine({ instance }: { instance: Instance }) {
  const { tone, say } = DROPS[instance.drop];
  return (
    <li data-drop={instance.drop} className="flex items-center gap-2 border-b border-line px-4 py-1.5">
      <ToneMark tone={tone} />
      <Link href={instanceHref(instance.instanceId)} className="min-w-0 flex-1 truncate hover:underline">
        {instance.name}
      </Link>
      <span className="text-right text-label text-muted">{say(instance)}</span>
    </li>
  );
}
