/** Three stacked cards, the top one solid. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" fill="none" aria-hidden="true" className={className}>
      <g stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" strokeLinecap="round">
        <path d="m3 13.6 7 3.400 7-3.400" opacity=".45" />
        <path d="m3 10 7 3.400 7-3.400" opacity=".7" />
        <path d="m10 3 7 3.400-7 3.400-7-3.400Z" fill="currentColor" />
      </g>
    </svg>
  );
}
