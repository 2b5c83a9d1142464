"use client";

import { createContext, type ReactNode, useContext } from "react";

const Nonce = createContext<string | undefined>(undefined);

/** The nonce of this page's content policy, for the few libraries that must write a style element. */
export function NonceProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  // Where radix-ui's scroll lock looks for it.
  if (typeof window !== "undefined") Object.assign(window, { __webpack_nonce__: nonce });
  return <Nonce.Provider value={nonce}>{children}</Nonce.Provider>;
}

export function useNonce(): string | undefined {
  return useContext(Nonce);
}
