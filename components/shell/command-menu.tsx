"use client";

import { Command } from "cmdk";
import { CircleQuestionMark, KeyRound, ListFilter, LogOut, Search, SunMoon } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { Kbd } from "@/components/ui/kbd";
import { keysHref } from "@/lib/client/links";
import { useMe } from "@/lib/client/me";
import { signOut } from "@/lib/client/session";
import { allows } from "@/lib/contracts/endpoint";
import { NOUNS } from "./nouns";
import { openOverlay } from "./overlays";
import { THEMES, useChosenTheme } from "./theme";

/** Type where to go: a screen, a key by its name, or one of a few acts. */
export function CommandMenu({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-40 w-[calc(100%-2rem)] max-w-140 -translate-x-1/2 animate-rise overflow-hidden rounded-panel bg-panel shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <Command label="Go to" loop>
            <div className="flex items-center gap-2 border-b border-line px-3">
              <Search aria-hidden className="size-4 shrink-0 text-muted" />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder="A screen, or the name of a key"
                className="h-11 flex-1 bg-transparent text-field outline-none"
              />
            </div>
            <Command.List className="max-h-[50dvh] overflow-y-auto p-1">
              <KeyItems text={text.trim()} onClose={onClose} />
              <NounItems onClose={onClose} />
              <ActItems onClose={onClose} />
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyItems({ text, onClose }: { text: string; onClose: () => void }) {
  const go = useGo(onClose);
  if (text === "") return null;
  const name = <span className="font-mono text-label break-all">{text}</span>;
  return (
    <Group heading="Keys" always>
      <Item
        value={`key ${text}`}
        icon={<KeyRound />}
        onSelect={() => go(keysHref({ search: text, mode: "exact" }))}
        always
      >
        Open {name}
      </Item>
      <Item value={`prefix ${text}`} icon={<ListFilter />} onSelect={() => go(keysHref({ search: text }))} always>
        List keys that begin with {name}
      </Item>
    </Group>
  );
}

function NounItems({ onClose }: { onClose: () => void }) {
  const go = useGo(onClose);
  const { role } = useMe();
  return (
    <Group heading="Screens">
      {NOUNS.filter((noun) => allows(role, noun.role)).map(({ href, label, icon: Icon, hotkey }) => (
        <Item key={href} icon={<Icon />} hint={<Kbd hotkey={hotkey} />} onSelect={() => go(href)}>
          {label}
        </Item>
      ))}
    </Group>
  );
}

function ActItems({ onClose }: { onClose: () => void }) {
  const [chosen, setTheme] = useChosenTheme();
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  return (
    <Group heading="Console">
      {THEMES.filter((theme) => theme !== chosen).map((theme) => (
        <Item key={theme} icon={<SunMoon />} onSelect={then(() => setTheme(theme))}>
          Theme: {theme}
        </Item>
      ))}
      <Item icon={<CircleQuestionMark />} hint={<Kbd hotkey="help" />} onSelect={then(() => openOverlay("help"))}>
        Keyboard shortcuts
      </Item>
      <Item icon={<LogOut />} onSelect={then(signOut)}>
        Sign out
      </Item>
    </Group>
  );
}

function Group({ heading, always = false, children }: { heading: string; always?: boolean; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      forceMount={always}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-legend [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  value,
  icon,
  hint,
  always = false,
  onSelect,
  children,
}: {
  value?: string;
  icon: ReactNode;
  hint?: ReactNode;
  always?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Command.Item
      {...(value === undefined ? {} : { value })}
      forceMount={always}
      onSelect={onSelect}
      className="flex min-h-9 cursor-default items-center gap-2.5 rounded-sm px-2 py-1 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted [&_svg]:stroke-[1.75]"
    >
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      {hint}
    </Command.Item>
  );
}

function useGo(onClose: () => void): (href: string) => void {
  const router = useRouter();
  return (href) => {
    onClose();
    router.push(href);
  };
}
