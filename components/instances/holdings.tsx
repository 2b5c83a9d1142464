import Link from "next/link";
import type { ReactNode } from "react";
import { Unknown } from "@/components/ui/bytes";
import { Middle } from "@/components/ui/middle";
import { SectionHeader } from "@/components/ui/page-header";
import { StatusPill } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { formatDuration, plural } from "@/lib/client/format";
import type { HeldCache, InstanceDetail } from "@/lib/contracts/instances";

/** What it has: caches with their generations, locks, queues. */
export function Holdings({ detail, ahead }: { detail: InstanceDetail; ahead: number }) {
  if (detail.instance.kind === "foreign") return <ForeignFigures detail={detail} />;
  const { caches, locks, queues, others } = detail;
  return (
    <div className="min-w-0">
      <Section id="caches" title="Caches held" note={caches.length > 0 ? plural(caches.length, "cache") : null}>
        {caches.length > 0 ? (
          <CacheTable caches={caches} ahead={ahead} />
        ) : (
          <Nothing>It has registered no cache with reload.register(…).</Nothing>
        )}
      </Section>
      <Section id="locks" title="Locks held" note={locks.length > 0 ? plural(locks.length, "lock") : null}>
        {locks.length > 0 ? <LockTable locks={locks} ahead={ahead} /> : <Nothing>None at its last heartbeat.</Nothing>}
      </Section>
      <Section id="queues" title="Queues worked" note={null}>
        {queues.length > 0 ? (
          <ul aria-labelledby="queues" className="flex flex-wrap gap-x-4 gap-y-1 px-4 pb-3">
            {queues.map((queue) => (
              <li key={queue} className="font-mono text-label">
                {queue}
              </li>
            ))}
          </ul>
        ) : (
          <Nothing>It does not say that it works any.</Nothing>
        )}
      </Section>
      {others.map(({ section, json }) => (
        <details key={section} className="border-t border-line">
          <summary className="flex h-9 cursor-pointer items-center px-4 text-muted hover:text-fg">
            Section “{section}” of its manifest
          </summary>
          <pre className="overflow-x-auto px-4 pb-3 font-mono text-label">{json}</pre>
        </details>
      ))}
    </div>
  );
}

function CacheTable({ caches, ahead }: { caches: readonly HeldCache[]; ahead: number }) {
  return (
    <Table label="Caches held">
      <thead>
        <tr>
          <HeadCell>Cache</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell className="max-sm:hidden">Generation</HeadCell>
          <HeadCell>Applied</HeadCell>
          <HeadCell figure>Took</HeadCell>
        </tr>
      </thead>
      <tbody>
        {caches.map((cache) => {
          const { tone, word } = standingOf(cache);
          return (
            <Row key={cache.cache}>
              <Cell
                className="font-mono text-label"
                title={cache.loader === null ? undefined : `Loaded by ${cache.loader}`}
              >
                {cache.cache}
              </Cell>
              <Cell title={cache.error ?? undefined}>
                <StatusPill tone={tone}>{word}</StatusPill>
              </Cell>
              <Cell className="text-muted max-sm:hidden">
                {cache.generation === null ? (
                  <Unknown because="It was never reloaded" />
                ) : (
                  <Time at={cache.generation / 1_000 + ahead} />
                )}
              </Cell>
              <Cell className="text-muted">
                {cache.appliedAt === null ? (
                  <Unknown because="Not since it started" />
                ) : (
                  <Time at={cache.appliedAt + ahead} />
                )}
              </Cell>
              <Cell figure>{cache.tookMs === null ? <Unknown /> : formatDuration(cache.tookMs)}</Cell>
            </Row>
          );
        })}
      </tbody>
    </Table>
  );
}

/** An older generation than others know of is what matters; after that, how the last reload went. */
function standingOf({ state, generation, newest }: HeldCache): { tone: Tone; word: string } {
  if (state === "failed") return { tone: "bad", word: "failed" };
  if (state === "rebuilding" || state === "queued") return { tone: "running", word: state };
  if (newest !== null && (generation ?? 0) < newest) return { tone: "warn", word: "behind" };
  return state === "applied" ? { tone: "ok", word: "applied" } : { tone: "idle", word: "as started" };
}

function LockTable({ locks, ahead }: { locks: InstanceDetail["locks"]; ahead: number }) {
  return (
    <Table label="Locks held">
      <thead>
        <tr>
          <HeadCell className="w-full">Lock</HeadCell>
          <HeadCell>Acquired</HeadCell>
          <HeadCell>Expires</HeadCell>
          <HeadCell figure>Fence</HeadCell>
        </tr>
      </thead>
      <tbody>
        {locks.map(({ key, fence, acquiredAt, expiresAt }) => (
          <Row key={key}>
            <Cell className="max-w-0">
              <Link href={`/locks?${new URLSearchParams({ q: key })}`} className="block hover:underline">
                <Middle text={key} />
              </Link>
            </Cell>
            <Cell className="text-muted">{acquiredAt === null ? <Unknown /> : <Time at={acquiredAt + ahead} />}</Cell>
            <Cell className="text-muted">{expiresAt === null ? <Unknown /> : <Time at={expiresAt + ahead} />}</Cell>
            <Cell figure className="font-mono text-label">
              {fence ?? <Unknown />}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

const BASIS = { now: "means of the last few seconds", "since start": "means since it started" } as const;

function ForeignFigures({ detail: { foreign } }: { detail: InstanceDetail }) {
  return (
    <div className="min-w-0">
      <Section id="measured" title="What it measures" note={foreign?.basis ? BASIS[foreign.basis] : null}>
        {foreign && foreign.figures.length > 0 ? (
          <Table label="What it measures">
            <tbody>
              {foreign.figures.map(({ name, value }) => (
                <Row key={name}>
                  <Cell className="font-mono text-label">{name}</Cell>
                  <Cell figure>{Number(value.toPrecision(4))}</Cell>
                </Row>
              ))}
            </tbody>
          </Table>
        ) : (
          <Nothing>Its measurements have expired.</Nothing>
        )}
      </Section>
    </div>
  );
}

function Section({ id, title, note, children }: { id: string; title: string; note: ReactNode; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="border-line not-first:border-t">
      <SectionHeader id={id} title={title} note={note} />
      {children}
    </section>
  );
}

function Nothing({ children }: { children: ReactNode }) {
  return <p className="px-4 pb-3 text-muted">{children}</p>;
}
