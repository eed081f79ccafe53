import type { SdkPorts } from "./ports.ts";

/** An integer in 0 … bound − 1, for jitter: the remainder's bias (below 2^-16 for bounds of seconds) does no harm there. */
export function randomBelow(ports: Pick<SdkPorts, "random">, bound: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = ports.random(4);
  const word = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return bound <= 1 ? 0 : word % bound;
}
