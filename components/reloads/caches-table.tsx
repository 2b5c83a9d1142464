"use client";

import { clsx } from "clsx";
import Link from "next/link";
import { useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { Disclosure, UnderRow } from "@/components/ui/disclosure";
import { StatusPill } from "@/components/ui/status";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useRowKeys } from "@/components/ui/use-row-keys";
import { formatDuration } from "@/lib/client/format";
import { useHotkey } from "@/lib/client/hotkeys";
import { reloadHref } from "@/lib/client/reloads";
import { cacheStanding } from "@/lib/client/reloads-words";
import type { ReloadCache, Reloads } from "@/lib/contracts/reloads";
import { CacheDetails } from "./cache-details";

type Ticks = ReadonlySet<string>;

/** One row per cache; what is held by somebody first. `onTick` null: looking only. */
export function CachesTable({
  reloads,
  now,
  ticked,
  onTick,
}: {
  reloads: Reloads;
  now: number;
  ticked: Ticks;
  onTick: ((ticked: Ticks) => void) | null;
}) {
  const body = useRowKeys();
  const caches = reloads.caches.toSorted((a, b) => Number(b.holdings.length > 0) - Number(a.holdings.length > 0));
  const all = caches.length > 0 && caches.every(({ cache }) => ticked.has(cache));
  useHotkey("select-all", () => onTick?.(new Set(caches.map(({ cache }) => cache))), onTick !== null);
  return (
    <Table label="Caches" className="table-fixed">
      <thead>
        <tr>
          {onTick ? (
            <HeadCell className="w-11">
              <Checkbox
                label="All caches"
                hideLabel
                checked={all}
                indeterminate={!all && ticked.size > 0}
                onChange={() => onTick(all ? new Set() : new Set(caches.map(({ cache }) => cache)))}
              />
            </HeadCell>
          ) : null}
          <HeadCell className="w-44 max-md:w-auto">Cache</HeadCell>
          <HeadCell className="w-72 max-md:w-40">Instances</HeadCell>
          <HeadCell className="w-32 max-md:hidden">Last reload</HeadCell>
          <HeadCell figure className="w-24 max-md:hidden">
            Takes
          </HeadCell>
          <HeadCell className="max-lg:hidden">Tables</HeadCell>
        </tr>
      </thead>
      <tbody ref={body}>
        {caches.map((cache) => (
          <CacheRow
            key={cache.cache}
            cache={cache}
            reloads={reloads}
            now={now}
            ticked={ticked.has(cache.cache)}
            onTick={onTick && (() => onTick(toggled(ticked, cache.cache)))}
          />
        ))}
      </tbody>
    </Table>
  );
}

function CacheRow({
  cache,
  reloads,
  now,
  ticked,
  onTick,
}: {
  cache: ReloadCache;
  reloads: Reloads;
  now: number;
  ticked: boolean;
  onTick: (() => void) | null;
}) {
  const [open, setOpen] = useState(false);
  const { cache: name, holdings, publishedAt, lastReload, typicalMs, tables } = cache;
  const { tone, words } = cacheStanding(cache, reloads.instances, now);
  const details = `cache-${name}`;
  return (
    <>
      <Row selected={ticked} className={clsx("has-focus-visible:bg-hover", open && "border-b-transparent")}>
        {onTick ? (
          <Cell>
            <Checkbox label={`Select ${name}`} hideLabel checked={ticked} onChange={onTick} />
          </Cell>
        ) : null}
        <Cell>
          <Disclosure
            open={open}
            onToggle={() => setOpen(!open)}
            details={details}
            {...(holdings.length === 0 && { className: "text-muted" })}
          >
            <span className="truncate font-medium">{name}</span>
          </Disclosure>
        </Cell>
        <Cell className="truncate" title={words}>
          {holdings.length === 0 ? (
            <span className="text-muted">{words}</span>
          ) : (
            <StatusPill tone={tone}>{words}</StatusPill>
          )}
        </Cell>
        <Cell className="truncate text-muted max-md:hidden">
          {publishedAt === null ? (
            "never"
          ) : lastReload === null ? (
            <Time at={publishedAt} />
          ) : (
            <Link href={reloadHref(lastReload)} className="underline-offset-2 hover:underline">
              <Time at={publishedAt} />
            </Link>
          )}
        </Cell>
        <Cell figure className="text-muted max-md:hidden">
          {typicalMs === null ? "–" : formatDuration(typicalMs)}
        </Cell>
        <Cell className="truncate font-mono text-label text-muted max-lg:hidden" title={tables.join(", ")}>
          {tables.filter((table) => !table.endsWith("_definition")).join(", ")}
        </Cell>
      </Row>
      {open ? (
        <UnderRow id={details} columns={onTick ? 6 : 5} className="px-4 pt-1 pb-4">
          <CacheDetails cache={cache} reloads={reloads} now={now} />
        </UnderRow>
      ) : null}
    </>
  );
}

function toggled(ticked: Ticks, cache: string): Ticks {
  const next = new Set(ticked);
  if (!next.delete(cache)) next.add(cache);
  return next;
}
