// Who is looking. The console's layout has put the answer into the cache before anything asks for it.

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { getMe, type Me } from "../contracts/system.ts";
import { call } from "./api.ts";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => call(getMe, { signal }),
  staleTime: 60_000,
});

export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}
