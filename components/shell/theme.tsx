"use client";

import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { IconButton } from "@/components/ui/button";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const ICONS: Record<Theme, LucideIcon> = { system: Monitor, light: Sun, dark: Moon };

/** Goes round system, light and dark. */
export function ThemeButton() {
  const [theme, setTheme] = useChosenTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  return (
    <IconButton label={`Theme: ${theme}`} onClick={() => setTheme(next)}>
      <Icon className="size-4" aria-hidden strokeWidth={1.75} />
    </IconButton>
  );
}

/** The stored choice; "system" until the browser has the page, as the server cannot know. */
export function useChosenTheme(): [Theme, (theme: Theme) => void] {
  const { theme, setTheme } = useTheme();
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const chosen = THEMES.find((one) => one === theme) ?? "system";
  return [inBrowser ? chosen : "system", setTheme];
}

const never = () => () => {};
