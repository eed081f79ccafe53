import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.ts";
import type { Answer } from "./answer.ts";
import { edgeRefusal } from "./edge-refusal.ts";
import { Sleeper } from "./sleeper.ts";
import { Underway } from "./underway.ts";

const answer: Answer = {
  kind: "refused",
  refused: edgeRefusal("fenced", ["x"]),
  retryAfterMs: null,
};

describe("U1: whoever was admitted is answered exactly once", () => {
  it("whatever comes later, and leaves before the answer is seen", async () => {
    const underway = new Underway();
    const events: string[] = [];
    const ticket = underway.open(
      () => events.push("answered"),
      () => events.push("left"),
    );
    const other = underway.open(
      () => events.push("other answered"),
      () => events.push("other left"),
    );
    let isIdle = false;
    const idle = underway.whenIdle().then(() => (isIdle = true));
    ticket.settle(answer);
    ticket.settle(answer);
    await Promise.resolve();
    expect(events).toEqual(["left", "answered"]);
    expect([underway.count, isIdle]).toEqual([1, false]);
    underway.settleAll(answer);
    other.settle(answer);
    await idle;
    expect(events).toEqual(["left", "answered", "other left", "other answered"]);
    expect(underway.count).toBe(0);
    await underway.whenIdle();
  });
});

describe("Sleeper", () => {
  it("has one alarm: the last that was asked for", () => {
    const clock = new ManualClock(0);
    let woken = 0;
    const sleeper = new Sleeper(clock, () => (woken += 1));
    sleeper.sleepUntil(10);
    sleeper.sleepUntil(20);
    clock.advance(15);
    expect(woken).toBe(0);
    clock.advance(5);
    expect(woken).toBe(1);
    sleeper.sleepUntil(30);
    sleeper.sleepUntil(undefined);
    clock.advance(100);
    expect([woken, clock.nextAlarm]).toEqual([1, undefined]);
  });

  it("asks the clock once for the same time, and again after it woke", () => {
    const clock = new ManualClock(0);
    let asked = 0;
    const counting = {
      now: () => clock.now(),
      wakeAt: (at: number, wake: () => void) => {
        asked += 1;
        return clock.wakeAt(at, wake);
      },
    };
    const sleeper = new Sleeper(counting, () => {});
    sleeper.sleepUntil(10);
    sleeper.sleepUntil(10);
    expect(asked).toBe(1);
    clock.advance(10);
    sleeper.sleepUntil(10);
    expect(asked).toBe(2);
  });
});
