/** Repeats pieces of work at an uneven, modest pace until stopped. */
export function createRhythm() {
  const timers = new Set();
  let stopped = false;

  /** Runs `work` about every `ms`, never twice at once. */
  function every(ms, work) {
    const again = () => {
      const timer = setTimeout(
        async () => {
          timers.delete(timer);
          try {
            await work();
          } catch (error) {
            // Redis being away, and what somebody loses who was stopped for a while (try it: kill -STOP), is part of the
            // show; anything else is a mistake that should be seen.
            if (!stopped && !isPartOfTheShow(error)) throw error;
          }
          if (!stopped) again();
        },
        ms * (0.75 + Math.random() / 2),
      );
      timers.add(timer);
    };
    again();
  }

  function stop() {
    stopped = true;
    for (const timer of timers) clearTimeout(timer);
  }

  return { every, stop };
}

const EXPECTED = new Set(["STORE_UNAVAILABLE", "LEASE_EXPIRED", "OWNERSHIP_LOST", "SESSION_CONFLICT"]);

function isPartOfTheShow(error) {
  return EXPECTED.has(error?.code) || /Connection is closed|ECONN|timed out|LOADING/i.test(error?.message);
}

/** A random member of a list. */
export const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Waits, for work that holds something for a while. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());
