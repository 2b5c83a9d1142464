"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "@/lib/client/api";
import { overviewQuery } from "@/lib/client/overview";
import { getCensus } from "@/lib/contracts/keys";

/** Starts the shared background walk anew; its figures come as it goes. */
export function useWalkAgain() {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => call(getCensus, { query: { refresh: "true" } }),
    onSuccess: (census) => {
      client.setQueryData(overviewQuery.queryKey, (overview) => overview && { ...overview, census });
    },
  });
  return { start: () => mutate(), isPending };
}
