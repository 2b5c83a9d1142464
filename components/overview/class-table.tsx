"use client";

import { RotateCw } from "lucide-react";
import Link from "next/link";
import { ClassName } from "@/components/keys/class-badge";
import { IconButton } from "@/components/ui/button";
import { Bytes, Unknown } from "@/components/ui/bytes";
import { ShareBar } from "@/components/ui/meter";
import { SectionHeader } from "@/components/ui/page-header";
import { Cell, HeadCell, Row, Table } from "@/components/ui/table";
import { formatCount } from "@/lib/client/format";
import { keysHref } from "@/lib/client/links";
import { KEY_CLASSES } from "@/lib/contracts/key-classes";
import type { Census } from "@/lib/contracts/keys";
import { CensusNote } from "./census-note";
import { useWalkAgain } from "./use-walk-again";

/** Which subsystem keeps how much here. */
export function ClassTable({ census, socketIoChannels }: { census: Census; socketIoChannels: number | null }) {
  const walkAgain = useWalkAgain();
  const classes = census.classes.filter((one) => one.count > 0).toSorted((a, b) => b.memoryBytes - a.memoryBytes);
  const allBytes = classes.reduce((sum, one) => sum + one.memoryBytes, 0);
  return (
    <section aria-labelledby="classes" className="min-w-0">
      <SectionHeader
        id="classes"
        title="Keys by class"
        note={<CensusNote census={census} />}
        action={
          <IconButton label="Walk again" disabled={census.running || walkAgain.isPending} onClick={walkAgain.start}>
            <RotateCw aria-hidden className="size-3.5" />
          </IconButton>
        }
      />
      <Table label="Keys by class">
        <thead>
          <tr>
            <HeadCell>Class</HeadCell>
            <HeadCell className="w-full max-md:hidden">What it is</HeadCell>
            <HeadCell figure>Keys</HeadCell>
            <HeadCell figure>Without TTL</HeadCell>
            <HeadCell figure className="max-sm:pr-4">
              Memory
            </HeadCell>
            <HeadCell className="w-24 min-w-24 max-sm:hidden">Share</HeadCell>
          </tr>
        </thead>
        <tbody>
          {classes.map((one) => (
            <ClassRow key={one.class} figures={one} share={allBytes === 0 ? 0 : one.memoryBytes / allBytes} />
          ))}
          <ChannelsRow channels={socketIoChannels} />
        </tbody>
      </Table>
      {classes.length === 0 && !census.running ? (
        <p className="px-4 py-3 text-muted">
          {census.complete ? "There are no keys in this namespace." : "No keys of this namespace were found so far."}
        </p>
      ) : null}
    </section>
  );
}

function ClassRow({ figures, share }: { figures: Census["classes"][number]; share: number }) {
  const { class: keyClass, count, memoryBytes, withoutTtl } = figures;
  const { expectsTtl, sentence } = KEY_CLASSES[keyClass];
  return (
    <Row>
      <Cell>
        <Link href={keysHref({ classes: [keyClass] })} className="inline-flex h-6 items-center hover:underline">
          <ClassName keyClass={keyClass} />
        </Link>
      </Cell>
      <Cell className="max-w-0 truncate text-muted max-md:hidden" title={sentence}>
        {sentence}
      </Cell>
      <Cell figure>{formatCount(count)}</Cell>
      <Cell figure>
        {expectsTtl && withoutTtl > 0 ? (
          <Link
            href={keysHref({ classes: [keyClass], ttl: "none" })}
            className="rounded-sm bg-warn-tint px-1.5 py-0.5 font-medium text-warn-ink hover:underline"
            title="Keys of this class should expire"
          >
            {formatCount(withoutTtl)}
          </Link>
        ) : (
          <span className="text-muted">{formatCount(withoutTtl)}</span>
        )}
      </Cell>
      <Cell figure className="max-sm:pr-4">
        <Bytes bytes={memoryBytes} />
      </Cell>
      <Cell className="max-sm:hidden">
        <ShareBar share={share} />
      </Cell>
    </Row>
  );
}

function ChannelsRow({ channels }: { channels: number | null }) {
  return (
    <Row>
      <Cell>
        <ClassName keyClass="socket-io" />
      </Cell>
      <Cell className="max-w-0 truncate text-muted max-md:hidden">
        Its Pub/Sub adapter keeps no keys, only channels.
      </Cell>
      <Cell figure colSpan={2}>
        {channels === null ? (
          <Unknown because="Redis refuses to list channels" />
        ) : (
          `${formatCount(channels)} ${channels === 1 ? "channel" : "channels"}`
        )}
      </Cell>
      <Cell colSpan={2} className="max-sm:hidden" />
    </Row>
  );
}
