/** Who really calls: the socket's address, or what a trusted proxy says; see `TRUST_PROXY`. */
export function callerOf(
  setting: string | undefined,
): (socket: string, forwarded: string | undefined) => { address: string; isProxied: boolean };
