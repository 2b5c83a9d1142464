// How far this machine's wall clock is from Redis'. Each answer of Redis gives one measurement, wrong by at most half its
// round trip; of the recent ones the newest that was about as quick as the quickest is taken. Nothing is decided by the
// wall clock anywhere in the core: the offset is there to be shown.

const REMEMBERED = 8;
const ABOUT_AS_QUICK_MS = 20;

export interface ClockOffset {
  readonly offsetMs: number;
  readonly rttMs: number;
}

/** @returns `note` takes a measurement, `best` is the one to believe; null before the first */
export function createClockOffset(): { note(measured: ClockOffset): void; best(): ClockOffset | null } {
  const recent: ClockOffset[] = [];
  return {
    note({ offsetMs, rttMs }) {
      recent.unshift({ offsetMs: Math.round(offsetMs), rttMs: Math.round(rttMs * 10) / 10 });
      recent.length = Math.min(recent.length, REMEMBERED);
    },
    best() {
      const quickest = Math.min(...recent.map(({ rttMs }) => rttMs));
      return recent.find(({ rttMs }) => rttMs <= quickest + ABOUT_AS_QUICK_MS) ?? null;
    },
  };
}
