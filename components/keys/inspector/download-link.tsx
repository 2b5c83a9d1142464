"use client";

import { Download } from "lucide-react";
import { ButtonLink } from "@/components/ui/button";
import { urlOf } from "@/lib/client/api";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import { downloadValue } from "@/lib/contracts/key-values";
import type { KeyDetail } from "@/lib/contracts/keys";

/** Masked contents leave the server only for an admin, and the audit has it. */
export function DownloadLink({ detail }: { detail: KeyDetail }) {
  const { role } = useMe();
  if (detail.masked && !allows(role, "admin")) return null;
  const address = urlOf(downloadValue, { params: { k: detail.k }, query: detail.masked ? { reveal: 1 } : {} });
  return (
    <ButtonLink href={address} prefetch={false} download icon={<Download className="size-3.5" aria-hidden />}>
      {detail.masked ? "Download unmasked" : "Download"}
    </ButtonLink>
  );
}
