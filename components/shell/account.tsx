"use client";

import { LogOut } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { useMe } from "@/lib/client/me";
import { signOut } from "@/lib/client/session";
import { ThemeButton } from "./theme";

/** At the sidebar's foot: who, in which role, the theme, and the way out. */
export function Account() {
  const { name, role } = useMe();
  return (
    <div className="flex shrink-0 items-center gap-1 border-t border-line py-2 pr-2 pl-4">
      <p className="min-w-0 flex-1 leading-tight">
        <span className="block truncate font-medium" title={name}>
          {name}
        </span>
        <span className="text-label text-muted">{role}</span>
      </p>
      <ThemeButton />
      <IconButton label="Sign out" onClick={signOut}>
        <LogOut className="size-4" aria-hidden strokeWidth={1.75} />
      </IconButton>
    </div>
  );
}
