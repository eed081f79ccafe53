import { describe, expect, it } from "vitest";
import type { Clock } from "../engine/ports.ts";

export interface ClockUnderTest {
  readonly clock: Clock;
  /** Resolves when the clock has moved on by `ms` and what was due has gone off. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The contract of `Clock` (`engine/ports.ts`), for any implementation. */
export function describeClockContract(name: string, create: () => Promise<ClockUnderTest>): void {
  describe(`${name} keeps the contract of Clock`, () => {
    const use = async (test: (under: ClockUnderTest, clock: Clock) => Promise<void>) => {
      const under = await create();
      try {
        await test(under, under.clock);
      } finally {
        await under.close();
      }
    };

    it("reads whole milliseconds", () =>
      use(async (under, clock) => {
        const before = clock.now();
        expect(Number.isSafeInteger(before) && before >= 0).toBe(true);
        await under.pass(5);
        expect(clock.now()).toBeGreaterThanOrEqual(before + 5);
      }));

    it("wakes once, not early, and never inside the call", () =>
      use(async (under, clock) => {
        const at = clock.now() + 20;
        const woken: number[] = [];
        clock.wakeAt(at, () => woken.push(clock.now()));
        expect(woken).toEqual([]);
        await under.pass(5);
        expect(woken.every((now) => now >= at)).toBe(true);
        await under.pass(30);
        await under.pass(30);
        expect(woken).toHaveLength(1);
        expect(woken[0]).toBeGreaterThanOrEqual(at);
      }));

    it("wakes for a time that is past, but not inside the call", () =>
      use(async (under, clock) => {
        let woken = 0;
        clock.wakeAt(clock.now() - 1_000, () => (woken += 1));
        expect(woken).toBe(0);
        await under.pass(1);
        expect(woken).toBe(1);
      }));

    it("does not wake what was cancelled; cancelling again or late is harmless", () =>
      use(async (under, clock) => {
        let woken = 0;
        const cancel = clock.wakeAt(clock.now() + 10, () => (woken += 1));
        const late = clock.wakeAt(clock.now() + 10, () => (woken += 10));
        cancel();
        cancel();
        await under.pass(40);
        expect(woken).toBe(10);
        late();
      }));

    it("keeps several alarms, and takes one that asks for another", () =>
      use(async (under, clock) => {
        const order: string[] = [];
        const start = clock.now();
        clock.wakeAt(start + 20, () => order.push("b"));
        clock.wakeAt(start + 10, () => {
          order.push("a");
          clock.wakeAt(start + 25, () => order.push("c"));
        });
        await under.pass(60);
        await under.pass(60);
        expect(order).toEqual(["a", "b", "c"]);
      }));

    it("accepts times beyond what a 32-bit timer can hold", () =>
      use(async (under, clock) => {
        let woken = 0;
        const cancel = clock.wakeAt(clock.now() + 10 * 365 * 86_400_000, () => (woken += 1));
        await under.pass(10);
        expect(woken).toBe(0);
        cancel();
      }));
  });
}
