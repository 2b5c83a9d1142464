"use client";

import { clsx } from "clsx";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Kbd } from "@/components/ui/kbd";
import { useMe } from "@/lib/client/me";
import { allows } from "@/lib/contracts/endpoint";
import { Account } from "./account";
import { Logo } from "./logo";
import { NOUNS } from "./nouns";

/** Where one can go, and who one is. Also the content of the drawer on phones. */
export function Sidebar({ onNavigate }: { onNavigate?: () => void }) {
  const { role } = useMe();
  const path = usePathname();
  return (
    <div className="flex h-full flex-col">
      <Link
        href="/"
        {...(onNavigate ? { onClick: onNavigate } : {})}
        className="mx-2 flex h-11 shrink-0 items-center gap-2 rounded-control px-2 font-semibold tracking-tight"
      >
        <Logo className="size-5 text-accent" />
        Keydeck
      </Link>
      <nav aria-label="Console" className="flex flex-1 flex-col gap-0.5 overflow-y-auto px-2 py-1">
        {NOUNS.filter((noun) => allows(role, noun.role)).map((noun) => (
          <NounLink
            key={noun.href}
            noun={noun}
            active={noun.href === "/" ? path === "/" : path.startsWith(noun.href)}
            onNavigate={onNavigate}
          />
        ))}
      </nav>
      <Account />
    </div>
  );
}

function NounLink({
  noun: { href, label, icon: Icon, hotkey },
  active,
  onNavigate,
}: {
  noun: (typeof NOUNS)[number];
  active: boolean;
  onNavigate: (() => void) | undefined;
}) {
  return (
    <Link
      href={href}
      aria-current={active ? "page" : undefined}
      {...(onNavigate ? { onClick: onNavigate } : {})}
      className={clsx(
        "group flex h-8 items-center gap-2.5 rounded-control px-2",
        active ? "bg-selected font-medium" : "text-muted hover:bg-hover hover:text-fg",
      )}
    >
      <Icon aria-hidden className={clsx("size-4 shrink-0", active && "text-accent")} strokeWidth={1.75} />
      <span className="flex-1">{label}</span>
      <span aria-hidden className="invisible group-hover:visible group-focus-visible:visible">
        <Kbd hotkey={hotkey} />
      </span>
    </Link>
  );
}
