/** Where a request comes from: through trusted proxies to the address behind them. */

import { BlockList, isIP } from "node:net";
import { UsageError } from "./errors.ts";

/** Tells whether an address is that of a trusted proxy. */
export type Proxies = (address: string) => boolean;

/** Reads addresses and networks such as `10.0.0.0/8`. Throws `UsageError`. */
export function parseProxies(entries: readonly string[]): Proxies {
  if (entries.length === 0) return () => false;
  const trusted = new BlockList();
  for (const entry of entries) {
    const [address, bits, ...more] = entry.split("/");
    const family = isIP(address!);
    const most = family === 6 ? 128 : 32;
    const prefix = bits === undefined ? most : Number(bits);
    if (
      family === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits ?? "0") || prefix > most
    ) {
      throw new UsageError(
        `--trust-proxy must be an address or a network like 10.0.0.0/8, not “${entry}”.`,
      );
    }
    trusted.addSubnet(address!, prefix, family === 6 ? "ipv6" : "ipv4");
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
  };
}

/**
 * The address that a request comes from. Each proxy adds the address that it saw to the end of
 * `X-Forwarded-For`, so the last one that is not itself a trusted proxy counts; whatever stands before it
 * anybody can have written.
 */
export function clientAddress(request: Request, peer: string, proxies: Proxies): string {
  let address = plainAddress(peer);
  if (!proxies(address)) return address;
  const hops = request.headers.get("x-forwarded-for")?.split(",") ?? [];
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = plainAddress(hops[index]!.trim());
    if (isIP(hop) === 0) break;
    address = hop;
    if (!proxies(hop)) break;
  }
  return address;
}

/** Most addresses are this and need nothing else. */
const IPV4 = /^[\d.]+$/;

/** Without what some write around an address: brackets, a zone, and IPv4 as IPv6. */
function plainAddress(text: string): string {
  if (IPV4.test(text)) return text;
  return text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "").replace(
    /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i,
    "$1",
  );
}

/** An address as limits count it: of an IPv6 one the first 64 bits, as whoever has one has all of them. */
export function networkOf(address: string): string {
  if (IPV4.test(address) || isIP(address) !== 6) return address;
  const [before, after] = address.toLowerCase().split("::", 2);
  const head = before ? before.split(":") : [];
  const tail = after ? after.split(":") : [];
  // An IPv4 address at the end stands for two groups.
  const groups = 8 - head.length - tail.length - (address.includes(".") ? 1 : 0);
  const zeros = after === undefined ? [] : Array(groups).fill("0");
  const network = [...head, ...zeros, ...tail].slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""));
  return `${network.join(":")}::/64`;
}
