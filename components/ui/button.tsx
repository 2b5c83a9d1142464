import { clsx } from "clsx";
import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { Tooltip } from "./tooltip";

type Variant = "primary" | "default" | "ghost" | "danger";
type Size = "md" | "sm";

const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover font-medium",
  default: "bg-panel border border-line-strong hover:bg-hover font-medium",
  ghost: "hover:bg-hover aria-expanded:bg-hover",
  danger: "bg-bad text-on-bad hover:bg-bad-hover font-medium",
};

const SIZES: Record<Size, string> = { md: "h-8 px-3", sm: "h-7 px-2 text-label" };
const SQUARES: Record<Size, string> = { md: "size-8", sm: "size-7" };

const BASE =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control whitespace-nowrap transition-colors " +
  "select-none disabled:opacity-50 aria-disabled:opacity-50 disabled:pointer-events-none";

interface Look {
  variant?: Variant;
  size?: Size;
}

export type ButtonProps = ComponentProps<"button"> & Look & { icon?: ReactNode; pending?: boolean };

/** While `pending` the label stays and the icon turns, so that nothing jumps and the act cannot be sent twice. */
export function Button({
  variant = "default",
  size = "md",
  icon,
  pending = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || pending}
      aria-busy={pending || undefined}
      className={clsx(BASE, VARIANTS[variant], SIZES[size], className)}
    >
      {pending ? <LoaderCircle className="size-3.5 animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

/** A button that is a picture: its label is its accessible name and its tooltip. */
export function IconButton({
  label,
  variant = "ghost",
  size = "md",
  className,
  children,
  ...rest
}: Omit<ComponentProps<"button">, "aria-label"> & Look & { label: string }) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        className={clsx(
          BASE,
          VARIANTS[variant],
          SQUARES[size],
          variant === "ghost" && "text-muted hover:text-fg",
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  );
}

export function ButtonLink({
  variant = "default",
  size = "md",
  icon,
  className,
  children,
  ...rest
}: ComponentProps<typeof Link> & Look & { icon?: ReactNode }) {
  return (
    <Link {...rest} className={clsx(BASE, VARIANTS[variant], SIZES[size], className)}>
      {icon}
      {children}
    </Link>
  );
}
