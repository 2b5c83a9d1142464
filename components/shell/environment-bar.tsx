import { clsx } from "clsx";
import { FlaskConical, type LucideIcon, Sprout, TriangleAlert } from "lucide-react";

interface EnvironmentLook {
  readonly icon: LucideIcon;
  readonly colours: string;
  readonly warning: string | null;
}

const PRODUCTION: EnvironmentLook = {
  icon: TriangleAlert,
  colours: "bg-env-production text-on-env-production",
  warning: "what you change here is live",
};
const STAGING: EnvironmentLook = {
  icon: FlaskConical,
  colours: "bg-env-staging text-on-env-staging",
  warning: null,
};
const OTHER: EnvironmentLook = { icon: Sprout, colours: "bg-env-other text-on-env-other", warning: null };

/** Names the environment across the top of every page. Nothing when ENVIRONMENT is not set. */
export function EnvironmentBar({ environment, production }: { environment: string | null; production: boolean }) {
  if (environment === null) return null;
  const { icon: Icon, colours, warning } = lookOf(environment, production);
  return (
    <aside
      aria-label="Environment"
      className={clsx("flex h-6 shrink-0 items-center justify-center gap-1.5 px-4 text-label", colours)}
    >
      <Icon aria-hidden className="size-3 shrink-0" strokeWidth={2.5} />
      <strong className="truncate font-semibold">{environment}</strong>
      {warning ? <span className="truncate">· {warning}</span> : null}
    </aside>
  );
}

function lookOf(environment: string, production: boolean): EnvironmentLook {
  if (production) return PRODUCTION;
  return /stag|pre-?prod|uat|qa|test/i.test(environment) ? STAGING : OTHER;
}
