"use client";

import "./globals.css";

/** The last resort: the layout itself failed, so nothing of it can be used here. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body className="flex h-dvh items-center justify-center">
        <title>Failed · Keydeck</title>
        <main className="flex max-w-110 flex-col items-center gap-2 px-6 text-center">
          <h1 className="text-title font-semibold">The console could not draw this page</h1>
          <p className="text-muted">
            Its log has the reason{error.digest ? ` under ${error.digest}` : ""}. Nothing was changed.
          </p>
          <button
            type="button"
            onClick={reset}
            className="mt-2 h-8 rounded-control border border-line-strong bg-panel px-3 font-medium hover:bg-hover"
          >
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
