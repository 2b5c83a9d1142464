/** Where radix-ui's scroll lock looks for the nonce of this page's content policy: it must write a style element. */
export function offerNonce(nonce: string | undefined): void {
  if (typeof window !== "undefined") Object.assign(window, { __webpack_nonce__: nonce });
}
