import { queryOptions } from "@tanstack/react-query";
import { getOverview } from "../contracts/overview.ts";
import { call } from "./api.ts";

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => call(getOverview, { signal }),
});
