import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** Hops that are looked at: more than any chain of proxies has. */
const HOPS_MAX = 32;
const NOBODY: ProxyTrust = { trusts: () => false };

/** Which addresses are those of our own proxies. */
export interface ProxyTrust {
  trusts(address: string): boolean;
}

/**
 * Addresses (`10.0.0.7`, `::1`) and networks (`10.0.0.0/8`) that are named as proxies. Gives what is none, for the caller to tell.
 */
export function readProxies(
  named: readonly string[],
):
  | { readonly ok: true; readonly trust: ProxyTrust }
  | { readonly ok: false; readonly wrong: string } {
  if (named.length === 0) return { ok: true, trust: NOBODY };
  const list = new BlockList();
  for (const one of named) {
    const [address = "", bits, ...more] = one.split("/");
    const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
    if (family === undefined || more.length > 0) return { ok: false, wrong: one };
    if (bits === undefined) {
      list.addAddress(address, family);
      continue;
    }
    const most = family === "ipv4" ? 32 : 128;
    // All addresses are no network of proxies: whoever writes that believes anybody.
    if (!/^[1-9]\d{0,2}$/u.test(bits) || Number(bits) > most) return { ok: false, wrong: one };
    list.addSubnet(address, Number(bits), family);
  }
  return {
    ok: true,
    trust: { trusts: (address) => list.check(address, isIPv4(address) ? "ipv4" : "ipv6") },
  };
}

/**
 * Who sent this: the socket's other end, or, where that is one of our proxies, whom it says that it speaks for
 * (`X-Forwarded-For`, which each proxy appends to), back to the first that is none of ours. What stands before that is what a
 * stranger wrote, and is not looked at; nor is the header of anybody else.
 */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, "headers" | "socket">,
  trust: ProxyTrust,
): string {
  let address = plain(socket.remoteAddress ?? "");
  if (address === "" || !trust.trusts(address)) return address;
  const said = headers["x-forwarded-for"];
  const hops = (typeof said === "string" ? said : "").split(",").slice(-HOPS_MAX);
  for (const hop of hops.toReversed()) {
    const before = plain(hop.trim());
    // A proxy of ours that says no address: it is the last that is known.
    if (isIP(before) === 0) return address;
    address = before;
    if (!trust.trusts(address)) return address;
  }
  return address;
}

/** The same, worked out when somebody asks: most proposals are accepted, and then nobody does. */
export function senderOf(request: IncomingMessage, trust: ProxyTrust = NOBODY): () => string {
  return () => clientAddress(request, trust);
}

/** IPv4 in the clothes of IPv6 is IPv4; brackets and ports that some proxies write are none of the address. */
function plain(text: string): string {
  const bare =
    /^\[([^\]]+)\](?::\d+)?$/u.exec(text)?.[1] ?? /^([\d.]+):\d+$/u.exec(text)?.[1] ?? text;
  return bare.toLowerCase().startsWith("::ffff:") && isIPv4(bare.slice(7)) ? bare.slice(7) : bare;
}
