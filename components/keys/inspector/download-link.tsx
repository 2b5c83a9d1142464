"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { downloadAddress, tryDownload } from "@/lib/client/download";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import type { KeyDetail } from "@/lib/contracts/keys";

/** The whole value as a file. Masked contents leave the server only for an admin, and the audit has it. */
export function DownloadLink({ detail }: { detail: KeyDetail }) {
  const { role } = useMe();
  const [pending, setPending] = useState(false);
  const isAdmin = allows(role, "admin");
  if (detail.masked && !isAdmin) return null;
  const unmasked = () => window.location.assign(downloadAddress(detail.k, true));

  const download = async () => {
    setPending(true);
    const refusal = await tryDownload(detail.k);
    setPending(false);
    if (refusal === null) return;
    toast("Not downloaded", {
      tone: "warn",
      detail: refusal.message,
      ...(isAdmin && refusal.code === "FORBIDDEN" && { action: { label: "Download unmasked", run: unmasked } }),
    });
  };
  return (
    <Button
      icon={<Download className="size-3.5" aria-hidden />}
      pending={pending}
      onClick={() => (detail.masked ? unmasked() : void download())}
    >
      {detail.masked ? "Download unmasked" : "Download"}
    </Button>
  );
}
