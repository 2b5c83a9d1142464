"use client";

import { readAuditView, writeAuditView } from "@/lib/client/audit";
import { urlView } from "@/lib/client/url-view";

export const [useAuditView, changeAuditView] = urlView({
  read: readAuditView,
  write: writeAuditView,
  isStep: ({ log }) => log !== undefined,
});
