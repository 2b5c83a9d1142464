"use client";

import { useEffect, useRef } from "react";
import { announce } from "@/components/ui/announcer";
import { Banner } from "@/components/ui/banner";
import { ButtonLink } from "@/components/ui/button";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { useLive } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import type { LinkState } from "@/lib/contracts/overview";

/** `news` is read out when the state comes about, and with the time since it heads the banner. */
const LINK: Record<LinkState["state"], { tone: Tone; word: string; news: string }> = {
  ready: { tone: "ok", word: "Redis ready", news: "Redis answers again" },
  connecting: { tone: "running", word: "Connecting", news: "Connecting to Redis, begun" },
  degraded: { tone: "warn", word: "Redis degraded", news: "Part of Redis stopped answering" },
  down: { tone: "bad", word: "Redis away", news: "Redis went away" },
};

/** How the link to Redis stands, in the topbar. */
export function LinkStatus() {
  const { link } = useMe();
  const { tone, word } = LINK[link.state];
  return (
    <span className="ml-3 flex text-label text-muted max-sm:[&_svg+*]:sr-only">
      <Status tone={tone}>
        <span>{word}</span>
      </Status>
    </span>
  );
}

/** One sentence over the page while Redis cannot be asked, instead of a red box in every place. */
export function LinkBanner() {
  const { link } = useMe();
  const { tone, news } = LINK[link.state];
  const before = useRef(link.state);
  useEffect(() => {
    if (before.current !== link.state) announce(news);
    before.current = link.state;
  }, [link.state, news]);
  if (link.state === "ready") return null;
  return (
    <Banner label="State of Redis" tone={tone}>
      <strong className="font-semibold">
        {news} <Time at={link.since} />
      </strong>
      {link.reason ? `: ${link.reason.replace(/\.$/, "")}` : null}. What you see is the last known; the console keeps
      trying.
    </Banner>
  );
}

/** The session is over; what was typed stays on the page. */
export function SessionBanner() {
  const { ended } = useLive();
  if (ended === null) return null;
  return (
    <Banner
      label="Session"
      tone="warn"
      action={
        <ButtonLink href="/sign-in" size="sm" className="text-fg" prefetch={false}>
          Sign in again
        </ButtonLink>
      }
    >
      <strong className="font-semibold">You are no longer signed in.</strong> {ended}
    </Banner>
  );
}
