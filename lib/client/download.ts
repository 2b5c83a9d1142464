// Downloads are asked for first, so that a refusal is a sentence on the page and not a broken file.

import { downloadValue } from "../contracts/key-values.ts";
import { ApiFailure, probe, urlOf } from "./api.ts";

export function downloadAddress(k: string, reveal: boolean): string {
  return urlOf(downloadValue, { params: { k }, query: reveal ? { reveal: 1 } : {} });
}

/** Downloads a value as it may be seen; answers the refusal where it may not. */
export async function tryDownload(k: string): Promise<ApiFailure | null> {
  const address = downloadAddress(k, false);
  try {
    await probe(address);
  } catch (error) {
    if (error instanceof ApiFailure) return error;
    throw error;
  }
  window.location.assign(address);
  return null;
}
