import { clsx } from "clsx";
import Link from "next/link";

const PAGES = [
  { href: "/queues", label: "Queues" },
  { href: "/queues/schedulers", label: "Schedulers" },
  { href: "/queues/flows", label: "Flows" },
] as const;

/** The pages of the noun that are about all queues. */
export function NounTabs({ current }: { current: (typeof PAGES)[number]["href"] }) {
  return (
    <nav aria-label="Pages about queues" className="flex gap-4 border-b border-line px-4">
      {PAGES.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={href === current ? "page" : undefined}
          className={clsx(
            "-mb-px flex h-9 items-center border-b-2",
            href === current ? "border-accent font-medium" : "border-transparent text-muted hover:text-fg",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
