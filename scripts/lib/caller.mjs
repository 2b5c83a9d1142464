import { BlockList, isIP } from "node:net";
import { Failure } from "./failure.mjs";

/**
 * Who really calls. `TRUST_PROXY` is the number of proxies in front ("1"), or their addresses ("10.0.0.0/8,::1");
 * unset means none, and then nothing the caller says about addresses counts.
 */
export function callerOf(setting) {
  const text = (setting ?? "").trim();
  if (text === "" || text === "0") return (socket) => ({ address: plain(socket), isProxied: false });
  const hops = (socket, forwarded) => [...split(forwarded), socket].map(plain);
  if (/^\d+$/.test(text)) {
    return (socket, forwarded) => {
      const chain = hops(socket, forwarded);
      return { address: chain[Math.max(0, chain.length - 1 - Number(text))], isProxied: true };
    };
  }
  const trusted = blockList(text);
  const isTrusted = (address) => isIP(address) > 0 && trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  return (socket, forwarded) => {
    const chain = hops(socket, forwarded);
    const outermost = chain.findLastIndex((address) => !isTrusted(address));
    return { address: chain[Math.max(0, outermost)], isProxied: isTrusted(plain(socket)) };
  };
}

function blockList(text) {
  const list = new BlockList();
  for (const entry of split(text)) {
    const [address, bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    try {
      if (bits === undefined) list.addAddress(address, family);
      else list.addSubnet(address, Number(bits), family);
    } catch {
      throw new Failure(
        `TRUST_PROXY must be a number of proxies, or addresses such as 10.0.0.0/8,::1; got "${entry}".`,
      );
    }
  }
  return list;
}

const split = (text) => (text ?? "").split(",").flatMap((part) => part.trim() || []);
/** An IPv4 caller on a dual-stack socket. */
const plain = (address) => address.replace(/^::ffff:(?=\d+\.)/, "");
