import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Addresses of this machine or of its link: unspecified, link-local (where clouds keep the keys of machines), multicast, broadcast. */
const NEVER = new BlockList();
NEVER.addSubnet("0.0.0.0", 8, "ipv4");
NEVER.addSubnet("169.254.0.0", 16, "ipv4");
NEVER.addSubnet("224.0.0.0", 3, "ipv4");
NEVER.addAddress("::", "ipv6");
NEVER.addSubnet("fe80::", 10, "ipv6");
NEVER.addSubnet("ff00::", 8, "ipv6");
NEVER.addAddress("fd00:ec2::254", "ipv6");

/** What an address is to a program that goes out; `none` where the text is no address. */
export function addressKind(address: string): "loopback" | "never" | "other" | "none" {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  const version = isIP(plain);
  if (version === 0) return "none";
  const family = version === 4 ? "ipv4" : "ipv6";
  if (LOOPBACK.check(plain, family)) return "loopback";
  return NEVER.check(plain, family) ? "never" : "other";
}
