"use client";

import { History } from "lucide-react";
import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";

const ChangeList = dynamic(() => import("./change-list").then((file) => file.ChangeList), { ssr: false });

/** What was changed in the last hour and can still be put back. */
export function RecentChanges() {
  return (
    <Popover
      label="Recent changes"
      align="end"
      trigger={
        <Button icon={<History className="size-3.5" aria-hidden />}>
          <span className="max-sm:sr-only">Recent changes</span>
        </Button>
      }
    >
      <ChangeList />
    </Popover>
  );
}
