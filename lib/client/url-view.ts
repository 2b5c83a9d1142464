// What a screen shows lives in its address: a link shows the same, a reload keeps it, and Back goes back.

import { useSearchParams } from "next/navigation";

/**
 * A hook that reads the view from the address, and a function that changes part of it. `isStep` says which changes Back
 * takes back: opening something is a step, typing a filter is none.
 */
export function urlView<View>({
  read,
  write,
  isStep,
}: {
  read: (query: Pick<URLSearchParams, "get">) => View;
  write: (view: View) => string;
  isStep: (part: Partial<View>) => boolean;
}): readonly [useView: () => View, changeView: (part: Partial<View>) => void] {
  const useView = () => read(useSearchParams());
  const changeView = (part: Partial<View>) => {
    const { pathname, search } = window.location;
    const query = write({ ...read(new URLSearchParams(search)), ...part });
    const address = query === "" ? pathname : `${pathname}?${query}`;
    // A tab reports its choice by mouse and again by focus: one step back must be enough.
    if (address === pathname + search) return;
    // Next's router knows of both, so neither costs a request.
    window.history[isStep(part) ? "pushState" : "replaceState"](null, "", address);
  };
  return [useView, changeView];
}
