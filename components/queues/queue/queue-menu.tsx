"use client";

import { Ellipsis } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import type { QueueDetail } from "@/lib/contracts/queues";
import type { BulkRequest } from "../bulk/bulk-request";
import { useQueuePrompts } from "./queue-prompts";

const PromptDialog = dynamic(() => import("../prompt-dialog").then((file) => file.PromptDialog), { ssr: false });
const RateLimitDialog = dynamic(() => import("./rate-limit-dialog").then((file) => file.RateLimitDialog), {
  ssr: false,
});
const QueueBulkDialog = dynamic(() => import("../bulk/bulk-dialog").then((file) => file.QueueBulkDialog), {
  ssr: false,
});

type Asked = "concurrency" | "rate-limit" | "trim" | null;

/** What else can be done with the whole queue; what destroys comes last, and only for admins. */
export function QueueMenu({ detail }: { detail: QueueDetail }) {
  const { role } = useMe();
  const [asked, setAsked] = useState<Asked>(null);
  const [bulk, setBulk] = useState<BulkRequest | null>(null);
  const prompts = useQueuePrompts(detail);
  const isAdmin = allows(role, "admin");
  const what = `the queue ${detail.name}`;
  return (
    <>
      <Menu
        trigger={
          <IconButton label="More about this queue" variant="default">
            <Ellipsis className="size-4" aria-hidden />
          </IconButton>
        }
      >
        <MenuItem onSelect={() => setAsked("concurrency")}>Global concurrency…</MenuItem>
        <MenuItem onSelect={() => setAsked("rate-limit")}>Global rate limit…</MenuItem>
        <MenuItem
          disabled={detail.counts.failed === 0}
          onSelect={() => setBulk({ kind: "retry", what: "all failed jobs", select: { state: "failed" } })}
        >
          Retry all failed…
        </MenuItem>
        <MenuItem
          disabled={detail.counts.delayed === 0}
          onSelect={() => setBulk({ kind: "promote", what: "all delayed jobs", select: { state: "delayed" } })}
        >
          Promote all delayed…
        </MenuItem>
        <MenuSeparator />
        {isAdmin ? (
          <>
            <MenuItem onSelect={() => setAsked("trim")}>Trim events…</MenuItem>
            <MenuItem danger onSelect={() => setBulk({ kind: "clean", what: "jobs", state: "completed" })}>
              Clean…
            </MenuItem>
            <MenuItem danger onSelect={() => setBulk({ kind: "drain", what })}>
              Drain…
            </MenuItem>
            <MenuItem danger onSelect={() => setBulk({ kind: "obliterate", what })}>
              Obliterate…
            </MenuItem>
          </>
        ) : (
          <MenuItem disabled>Clean, drain and obliterate need the role admin</MenuItem>
        )}
      </Menu>
      {asked === "concurrency" ? (
        <PromptDialog prompt={prompts.concurrency} onClose={() => setAsked(null)} />
      ) : asked === "trim" ? (
        <PromptDialog prompt={prompts.trim} onClose={() => setAsked(null)} />
      ) : asked === "rate-limit" ? (
        <RateLimitDialog detail={detail} onClose={() => setAsked(null)} />
      ) : null}
      {bulk ? <QueueBulkDialog queue={detail.name} request={bulk} onClose={() => setBulk(null)} /> : null}
    </>
  );
}
