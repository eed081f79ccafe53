import { nodeHasher, SeededRandom, type ManualClock } from "@swoosh/kernel/testing";
import type { SdkPorts } from "../ports.ts";
import { TAIL_IDLE_MS } from "../limits.ts";
import { createWebPorts } from "../web-ports.ts";

/** Ports of a test: the real network, and a clock that jumps over the client's pauses as soon as it asks for one. */
export function testPorts(clock: ManualClock, seed = 1): SdkPorts {
  const random = new SeededRandom(seed);
  return createWebPorts(globalThis, {
    hasher: nodeHasher,
    random: (count) => random.bytes(count),
    clock: {
      now: () => clock.now(),
      wakeIn: (ms, wake) => {
        // How long a tail may stay silent is no pause: only the test itself lets that time pass.
        if (ms >= TAIL_IDLE_MS) return clock.wakeAt(clock.now() + ms, wake);
        const timer = setImmediate(() => {
          clock.advance(ms);
          wake();
        });
        return () => clearImmediate(timer);
      },
    },
  });
}
