import {
  KeyRound,
  Layers,
  LayoutDashboard,
  Lock,
  type LucideIcon,
  RefreshCw,
  ScrollText,
  Server,
  UserRound,
} from "lucide-react";
import type { HotkeyId } from "@/lib/client/hotkeys";
import type { Role } from "@/lib/contracts/endpoint";

interface Noun {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly hotkey: HotkeyId;
  /** The lowest role that may look at it. */
  readonly role: Role;
}

/** The screens, in the order of the sidebar. A new noun is a line here and one in the hotkey table. */
export const NOUNS: readonly Noun[] = [
  { href: "/", label: "Overview", icon: LayoutDashboard, hotkey: "go-overview", role: "viewer" },
  { href: "/keys", label: "Keys", icon: KeyRound, hotkey: "go-keys", role: "viewer" },
  { href: "/queues", label: "Queues", icon: Layers, hotkey: "go-queues", role: "viewer" },
  { href: "/reloads", label: "Reloads", icon: RefreshCw, hotkey: "go-reloads", role: "viewer" },
  { href: "/instances", label: "Instances", icon: Server, hotkey: "go-instances", role: "viewer" },
  { href: "/locks", label: "Locks", icon: Lock, hotkey: "go-locks", role: "viewer" },
  { href: "/sessions", label: "Sessions", icon: UserRound, hotkey: "go-sessions", role: "viewer" },
  { href: "/audit", label: "Audit", icon: ScrollText, hotkey: "go-audit", role: "operator" },
];
