"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Middle } from "@/components/ui/middle";
import { Time } from "@/components/ui/time";
import { formatBytes, plural } from "@/lib/client/format";
import { keyQueries } from "@/lib/client/keys/queries";
import { keysHref } from "@/lib/client/links";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import type { UndoEntry } from "@/lib/contracts/key-edits";
import { useUndoAct } from "./use-change-toast";

const DONE: Record<UndoEntry["action"], string> = {
  write: "Saved",
  ttl: "TTL changed",
  delete: "Deleted",
  "bulk-delete": "Deleted",
  "bulk-ttl": "TTL changed",
};

export function ChangeList() {
  const { data, error } = useQuery({ ...keyQueries.undo(), staleTime: 0 });
  if (error) return <p className="w-80">{error.message}</p>;
  if (!data) return <p className="w-80 text-muted">Looking…</p>;
  if (data.entries.length === 0) {
    return <p className="w-80 text-muted">Nothing to undo. Changes made here stay on this list for one hour.</p>;
  }
  return (
    <div className="flex w-100 max-w-full flex-col gap-1">
      <ul className="flex max-h-[60dvh] flex-col overflow-y-auto">
        {data.entries.map((entry) => (
          <Change key={entry.id} entry={entry} />
        ))}
      </ul>
      <p className="text-label text-muted">
        Kept for one hour, {formatBytes(data.bytes)} of at most {formatBytes(data.maxBytes)}; the oldest go first.
      </p>
    </div>
  );
}

function Change({ entry }: { entry: UndoEntry }) {
  const { role } = useMe();
  const undo = useUndoAct();
  const [pending, setPending] = useState(false);
  const run = async () => {
    setPending(true);
    await undo(entry.id);
    setPending(false);
  };
  return (
    <li className="flex items-center gap-3 border-b border-line py-1.5">
      <div className="min-w-0 flex-1">
        <p className="flex gap-1.5">
          <span className="shrink-0">{DONE[entry.action]}</span>
          {entry.count > 1 ? (
            <span>{plural(entry.count, "key")}</span>
          ) : (
            <Link href={keysHref({ k: entry.k })} className="min-w-0 hover:underline">
              <Middle text={entry.name} />
            </Link>
          )}
        </p>
        <p className="text-label text-muted">
          <Time at={entry.at} /> by {entry.by}
        </p>
      </div>
      {allows(role, "operator") ? (
        <Button size="sm" pending={pending} onClick={() => void run()}>
          Undo
        </Button>
      ) : null}
    </li>
  );
}
