"use client";

import type { ReactNode } from "react";
import { Bytes, Unknown } from "@/components/ui/bytes";
import { Ttl } from "@/components/ui/ttl";
import { formatCount, formatDuration } from "@/lib/client/format";
import { KEY_CLASSES } from "@/lib/contracts/key-classes";
import type { KeyDetail } from "@/lib/contracts/keys";
import { ClassBadge } from "../class-badge";

/** Whose key this is, in a sentence, and every figure Redis tells about it. */
export function KeyFacts({ detail, seenAt }: { detail: KeyDetail; seenAt: number }) {
  const { sentence, owner } = KEY_CLASSES[detail.class];
  return (
    <div className="flex flex-col gap-3 px-4 pt-3">
      <div className="flex items-start gap-2.5">
        <ClassBadge keyClass={detail.class} />
        <p className="min-w-0 text-pretty text-muted">
          {detail.heldLock
            ? "A lock that somebody holds now. It is never evicted from here while it is held. "
            : sentence}{" "}
          Owner: {owner}.
        </p>
      </div>
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] gap-x-4 gap-y-2">
        <Fact name="Type">{detail.type ?? <Unknown because={detail.blanks.type} />}</Fact>
        <Fact name="TTL">
          <Ttl ttlMs={detail.ttlMs} asOf={seenAt} because={detail.blanks.ttlMs} />
        </Fact>
        {detail.type === "string" ? (
          <Fact name="Size">
            <Bytes bytes={detail.valueBytes} because={detail.blanks.length} />
          </Fact>
        ) : (
          <Fact name="Length">
            {detail.length === null ? (
              <Unknown because={detail.blanks.length} />
            ) : (
              `${formatCount(detail.length)} ${detail.length === 1 ? "element" : "elements"}`
            )}
          </Fact>
        )}
        <Fact name="Memory">
          <Bytes bytes={detail.memoryBytes} because={detail.blanks.memoryBytes} />
        </Fact>
        <Fact name="Encoding">{detail.encoding ?? <Unknown because={detail.blanks.encoding} />}</Fact>
        <Fact name="Idle">
          {detail.idleMs === null ? <Unknown /> : detail.idleMs < 1_000 ? "< 1 s" : formatDuration(detail.idleMs)}
        </Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-legend text-muted">{name}</dt>
      <dd className="truncate">{children}</dd>
    </div>
  );
}
