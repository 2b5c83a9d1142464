"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { announce } from "@/components/ui/announcer";
import { listenToHotkeys, useHotkey } from "@/lib/client/hotkeys";
import { connectLive } from "@/lib/client/live";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import { NOUNS } from "./nouns";

/** What runs as long as the console is open: the live stream, and the keys that work everywhere. Draws nothing. */
export function ConsoleLife() {
  const client = useQueryClient();
  useEffect(() => connectLive(client), [client]);
  useEffect(listenToHotkeys, []);
  useHotkey("refresh", () => {
    void client.refetchQueries({ type: "active" });
    announce("Refreshed");
  });
  const { role } = useMe();
  return NOUNS.filter((noun) => allows(role, noun.role)).map((noun) => <GoTo key={noun.href} noun={noun} />);
}

function GoTo({ noun }: { noun: (typeof NOUNS)[number] }) {
  const router = useRouter();
  useHotkey(noun.hotkey, () => router.push(noun.href));
  return null;
}
