// The browser's cache of server state: one client per browser tab, one per request on the server.

import { isServer, MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiFailure } from "./api.ts";
import { sessionEnded } from "./live.ts";

const RETRIES = 2;

function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: noticeSignOut }),
    mutationCache: new MutationCache({ onError: noticeSignOut }),
    defaultOptions: {
      queries: { staleTime: 5_000, gcTime: 5 * 60_000, retry: isWorthRetrying },
      mutations: { retry: false },
    },
  });
}

let browserClient: QueryClient | undefined;

export function getQueryClient(): QueryClient {
  if (isServer) return makeQueryClient();
  browserClient ??= makeQueryClient();
  return browserClient;
}

/** A refusal stays one however often it is asked; only an answer that failed to come may come next time. */
function isWorthRetrying(failures: number, error: Error): boolean {
  return failures < RETRIES && error instanceof ApiFailure && error.code === "UNREACHABLE";
}

function noticeSignOut(error: Error): void {
  if (error instanceof ApiFailure && error.code === "UNAUTHENTICATED") sessionEnded(error.message);
}
