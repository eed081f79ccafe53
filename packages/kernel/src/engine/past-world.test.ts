import { describe, expect, it } from "vitest";
import { mustLoadChartText, orderChart, testKernel } from "../testing/test-kernel.ts";
import { openTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { PastWorld } from "./past-world.ts";
import type { IndexedHead } from "../reduce/document.ts";

const LAMP = `
chart: lamp
version: 1
context: { type: object, properties: {} }
initialContext: {}
initial: OFF
states:
  OFF: { on: { Lamp_Flip: { target: ON } } }
  ON: { on: { Lamp_Flip: { target: OFF } } }
transitions:
  Lamp_Flip: { by: [operator] }
`;

const pause = async (): Promise<void> => {};

/** Some life on two charts, with every head of `order/1` and `lamp/1` as it was after each record. */
async function lived(): Promise<{
  readonly test: TestEngine;
  readonly seen: ReadonlyMap<number, readonly (IndexedHead | undefined)[]>;
}> {
  const test = await openTestEngine();
  const seen = new Map<number, readonly (IndexedHead | undefined)[]>();
  const note = (): void => {
    const { engine } = test;
    seen.set(engine.status().size - 1, [engine.head("order/1"), engine.head("lamp/1")]);
  };
  note();
  await test.engine.act.installChart(orderChart());
  note();
  for (let round = 0; round < 40; round += 1) {
    if (round === 20) {
      await test.engine.act.installChart(mustLoadChartText(LAMP));
      note();
      await test.engine.snapshot();
    }
    if (round >= 20) await test.mustPropose({ transition: "Lamp_Flip", instance: "lamp/1" });
    else if (round < 9)
      await test.mustPropose({
        transition: "Order_Add",
        instance: "order/1",
        inputs: { item: `i${round}` },
      });
    else
      await test.mustPropose({
        transition: round % 2 === 0 ? "Order_Release" : "Order_Hold",
        instance: "order/1",
      });
    note();
  }
  return { test, seen };
}

describe("a state of the past", () => {
  it("is what the engine said then, after every record, from a snapshot or from the beginning", async () => {
    const { test, seen } = await lived();
    expect(seen.size).toBeGreaterThan(40);
    let pauses = 0;
    for (const [index, heads] of seen) {
      const past = await PastWorld.before(testKernel, test.journal, index);
      await past.advanceTo(index + 1, async () => {
        pauses += 1;
      });
      expect([past.head("order/1"), past.head("lamp/1")], `after ${index}`).toEqual(heads);
      expect(past.size).toBe(index + 1);
    }
    expect(pauses).toBeGreaterThan(20);
    const near = await PastWorld.before(testKernel, test.journal, test.journal.size - 1);
    expect(near.size).toBe(23);
  });

  it("goes forward, and gives up where the pause throws", async () => {
    const { test, seen } = await lived();
    const past = await PastWorld.before(testKernel, test.journal, 0);
    for (const [index, heads] of seen) {
      await past.advanceTo(index + 1, pause);
      expect(past.head("order/1")).toEqual(heads[0]);
    }
    const other = await PastWorld.before(testKernel, test.journal, 5);
    await expect(other.advanceTo(6, () => Promise.reject(new Error("enough")))).rejects.toThrow(
      "enough",
    );
  });

  it("refuses a log that has other bytes than it had", async () => {
    const { test } = await lived();
    const real = test.journal;
    const bent = {
      snapshots: () => Promise.resolve([]),
      evidence: (hash: Parameters<typeof real.evidence>[0]) => real.evidence(hash),
      read: async (from: number, limit: number) =>
        (await real.read(from, limit)).map((text) => text.replace('"item":"i3"', '"item":"i9"')),
      size: real.size,
      term: real.term,
      append: () => Promise.reject(new Error("never")),
      saveSnapshot: () => Promise.reject(new Error("never")),
      saveEvidence: () => Promise.reject(new Error("never")),
    };
    const past = await PastWorld.before(testKernel, bent, 20);
    await expect(past.advanceTo(20, pause)).rejects.toThrow(/K7: record \d+/);
  });
});

describe("what an engine shows of its instances", () => {
  it("is every head with the record that made it, and every installed chart", async () => {
    const { test } = await lived();
    const { engine } = test;
    expect([...engine.instances()]).toEqual([
      "identity/node",
      "identity/operator",
      "order/1",
      "lamp/1",
    ]);
    expect([...engine.instances(3)]).toEqual(["lamp/1"]);
    expect([...engine.charts()].map(({ name }) => name)).toEqual(["identity", "order", "lamp"]);
    expect(engine.head("lamp/1")?.index).toBe(engine.status().size - 1);
    expect(engine.head("identity/node")?.index).toBe(0);
    expect(engine.head("lamp/2")).toBeUndefined();
  });
});
