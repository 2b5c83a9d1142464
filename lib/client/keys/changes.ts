// Every way an operator changes keys. What a change answers goes straight into the query cache and the lists.

import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type * as z from "zod";
import { planBulk, runBulk, stopBulk } from "../../contracts/key-bulk.ts";
import { type ChangeReply, createKey, deleteKey, setTtl, undo, writeKey } from "../../contracts/key-edits.ts";
import { ApiFailure, call } from "../api.ts";
import { keyQueries, keyScope } from "./queries.ts";
import { updateListed } from "./scans.ts";

type Body<E extends { body?: z.ZodType | undefined }> = z.input<NonNullable<E["body"]>>;
type OfKey<B> = B & { k: string };

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body<typeof createKey>) => call(createKey, { body }),
    onSuccess: (reply) => absorb(client, null, reply),
  });
}

export function useWriteKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ k, ...body }: OfKey<Body<typeof writeKey>>) => call(writeKey, { params: { k }, body }),
    onSuccess: (reply, { k }) => absorb(client, k, reply),
  });
}

export function useSetTtl() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ k, ...body }: OfKey<Body<typeof setTtl>>) => call(setTtl, { params: { k }, body }),
    onSuccess: (reply, { k }) => absorb(client, k, reply),
    onError: (_error, { k }) => void client.invalidateQueries({ queryKey: keyScope(k) }),
  });
}

export function useDeleteKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ k, ...body }: OfKey<Body<typeof deleteKey>>) => call(deleteKey, { params: { k }, body }),
    onSuccess: (reply, { k }) => absorb(client, k, reply),
    onError: (_error, { k }) => void client.invalidateQueries({ queryKey: keyScope(k) }),
  });
}

export function useUndo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(undo, { params: { id }, body: {} }),
    onSettled: () => void client.invalidateQueries({ queryKey: ["keys"] }),
  });
}

export function usePlanBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body<typeof planBulk>) => call(planBulk, { body }),
    onSuccess: (state) => client.setQueryData(keyQueries.bulk(state.id).queryKey, state),
  });
}

export function useRunBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: Body<typeof runBulk> & { id: string }) => call(runBulk, { params: { id }, body }),
    onSuccess: (state) => client.setQueryData(keyQueries.bulk(state.id).queryKey, state),
  });
}

export function useStopBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call(stopBulk, { params: { id } }),
    onSuccess: (state) => client.setQueryData(keyQueries.bulk(state.id).queryKey, state),
  });
}

function absorb(client: QueryClient, k: string | null, reply: ChangeReply): void {
  if (reply.key) {
    client.setQueryData(keyQueries.detail(reply.key.k).queryKey, reply.key);
    updateListed([reply.key]);
  }
  const gone = reply.key === null && k !== null ? [k, ...reply.evicted] : reply.evicted;
  if (gone.length > 0) updateListed([], gone);
  for (const queryKey of [...(k ? [keyScope(k)] : []), ["keys", "undo"], ["census"]]) {
    void client.invalidateQueries({ queryKey });
  }
}

/** The details of a refusal, when it is the one the caller can handle. */
export function refusalOf<T>(error: unknown, code: ApiFailure["code"]): T | null {
  return error instanceof ApiFailure && error.code === code ? (error.details as T) : null;
}
