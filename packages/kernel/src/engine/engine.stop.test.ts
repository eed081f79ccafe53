import { describe, expect, it } from "vitest";
import { codeOf, mustAccept, openTestEngine, settle } from "../testing/test-engine.ts";
import { orderChart } from "../testing/test-kernel.ts";

const ADD = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };

async function ordersEngine() {
  const test = await openTestEngine();
  mustAccept(await test.engine.act.installChart(orderChart()));
  return test;
}

describe("stop", () => {
  it("answers what is under way, takes nothing more, leaves a snapshot", async () => {
    const test = await ordersEngine();
    test.journal.plan("slow");
    const under = test.propose(ADD);
    await settle();
    let stopped = false;
    const stop = test.engine.stop().then(() => (stopped = true));
    const late = await test.propose(ADD);
    expect(late).toMatchObject({ kind: "refused", refused: { code: "overloaded" } });
    expect(late.kind === "refused" && late.refused.reasons.join()).toContain("stopping");
    expect(codeOf(await test.engine.act.seal("order/1"))).toBe("overloaded");
    await settle();
    expect(stopped).toBe(false);
    test.journal.release();
    expect(codeOf(await under)).toBe("accepted");
    await stop;
    expect(test.engine.status()).toMatchObject({ condition: "stopped", snapshotIndex: 2 });
    expect(test.disk.snapshots.map(({ index }) => index)).toEqual([2]);
  });

  it("fires no timers any more; the next engine does", async () => {
    const test = await ordersEngine();
    await test.mustPropose(ADD);
    await test.mustPropose({ transition: "Order_Submit", instance: "order/1" });
    await test.engine.stop();
    const size = test.disk.durable;
    test.clock.advance(60_000);
    await settle();
    expect(test.disk.durable).toBe(size);
    expect(test.clock.nextAlarm).toBeUndefined();
    const again = await test.reopen();
    await settle();
    expect(again.disk.durable).toBe(size + 1);
    expect(again.engine.status().recovery).toEqual({
      snapshotIndex: size - 1,
      replayed: 0,
      skipped: [],
    });
  });

  it("may be asked for twice", async () => {
    const test = await ordersEngine();
    await Promise.all([test.engine.stop(), test.engine.stop()]);
    expect(test.disk.snapshots).toHaveLength(1);
  });
});

describe("snapshots", () => {
  it("are taken one at a time, and calls that overlap share the next", async () => {
    const test = await ordersEngine();
    const calls = [test.engine.snapshot()];
    await test.mustPropose(ADD);
    calls.push(test.engine.snapshot(), test.engine.snapshot());
    const results = await Promise.all(calls);
    expect(results.at(-1)).toEqual({ kind: "taken", index: 2 });
    expect(results.at(-2)).toEqual({ kind: "taken", index: 2 });
    expect(test.disk.snapshots.length).toBeLessThanOrEqual(2);
    // Nothing happened since: the last one still stands for the state.
    expect(await test.engine.snapshot()).toEqual({ kind: "taken", index: 2 });
    expect(test.disk.snapshots.length).toBeLessThanOrEqual(2);
  });

  it("write changed chunks only, also after one that could not be written", async () => {
    const test = await ordersEngine();
    await test.mustPropose(ADD);
    test.disk.full = true;
    expect(await test.engine.snapshot()).toEqual({
      kind: "failed",
      message: "no room for a snapshot; free some space",
    });
    expect(test.engine.status()).toMatchObject({ condition: "ok", snapshotIndex: null });
    test.disk.full = false;
    expect(await test.engine.snapshot()).toEqual({ kind: "taken", index: 2 });
    expect(test.disk.snapshots[0]?.chunks.length).toBeGreaterThan(0);
    await test.engine.act.installChart(orderChart());
    expect(await test.engine.snapshot()).toEqual({ kind: "taken", index: 3 });
    // No document moved, so the second snapshot brought no chunk.
    expect(test.disk.snapshots[1]?.chunks).toEqual([]);
    const again = await test.reopen();
    expect(again.engine.status().recovery.snapshotIndex).toBe(3);
  });
});
