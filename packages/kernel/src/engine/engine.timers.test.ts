import { describe, expect, it } from "vitest";
import { decodeRecord } from "../log/decode-record.ts";
import {
  codeOf,
  mustAccept,
  openTestEngine,
  settle,
  type TestEngine,
} from "../testing/test-engine.ts";
import { mustLoadChartText, orderChart } from "../testing/test-kernel.ts";

function transitionsOf(test: TestEngine): readonly string[] {
  return test.disk.records.map((text) => {
    const decoded = decodeRecord(text);
    if (!decoded.ok) throw new Error(decoded.problem);
    const { proposal } = decoded.record;
    return `${proposal.transition} ${proposal.instance ?? ""}`;
  });
}

async function submitted(test: TestEngine, instance: string): Promise<void> {
  await test.mustPropose({ transition: "Order_Add", instance, inputs: { item: "pen" } });
  await test.mustPropose({ transition: "Order_Submit", instance });
}

/** Sets itself anew without end. */
const RESTLESS = `
chart: restless
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, minimum: 0 } } }
initialContext: { n: 0 }
creates: [Begin]
initial: A
states:
  A:
    after: [ { id: again, ms: "0", raise: Again } ]
    on:
      Begin: { actions: [ { assign: { n: "context.n" } } ] }
      Again: { target: A, actions: [ { assign: { n: "context.n + 1" } } ] }
transitions:
  Begin: { by: [operator] }
  Again: { by: [] }
`;

const BEAT = `
chart: beat
version: 1
context: { type: object, required: [beat_index], properties: { beat_index: { type: integer, minimum: 0 } } }
initialContext: { beat_index: 0 }
creates: [Beat_Tick]
initial: ON
states:
  ON:
    on: { Beat_Tick: { actions: [ { assign: { beat_index: "inputs.n" } } ] } }
transitions:
  Beat_Tick: { by: [operator], inputs: { type: object, required: [n], properties: { n: { type: integer, minimum: 0 } } } }
`;

describe("timers", () => {
  it("fire at their time, not before, one record for each instance, by (due, instance)", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await submitted(test, "order/b");
    await submitted(test, "order/a");
    test.clock.advance(10);
    await submitted(test, "order/0");
    const before = test.disk.durable;
    test.clock.advance(59_989);
    await settle();
    expect(test.disk.durable).toBe(before);
    test.clock.advance(11);
    await settle();
    expect(transitionsOf(test).slice(before)).toEqual([
      "@timer order/a",
      "@timer order/b",
      "@timer order/0",
    ]);
    // Each emitted its effect anew, with a deadline of its own.
    expect(test.transport.departures.slice(-3).map(({ kind }) => kind)).toEqual([
      "publish",
      "withdraw",
      "dispatch",
    ]);
  });

  it("wake by themselves only where something is due", async () => {
    const test = await openTestEngine();
    expect(test.clock.nextAlarm).toBeUndefined();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await submitted(test, "order/1");
    await settle();
    expect(test.clock.nextAlarm).toBe(test.clock.now() + 60_000);
    await test.mustPropose({ transition: "Order_Cancel", instance: "order/1" });
    await settle();
    expect(test.clock.nextAlarm).toBeUndefined();
  });

  it("fire before what is proposed in the same turn", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await submitted(test, "order/1");
    const cancel = test.wire({ transition: "Order_Cancel", instance: "order/1" });
    const answer = test.engine.propose(cancel);
    test.clock.advance(60_000);
    expect(codeOf(await answer)).toBe("stale_state");
    expect(transitionsOf(test).at(-1)).toBe("@timer order/1");
  });

  it("that became due while nobody was there fire after the restart", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await submitted(test, "order/1");
    const size = test.disk.durable;
    test.journal.crash();
    test.clock.advance(3_600_000);
    const again = await test.reopen();
    await settle();
    expect(transitionsOf(again).slice(size)).toEqual(["@timer order/1"]);
    expect(again.clock.nextAlarm).toBe(again.clock.now() + 60_000);
  });

  it("count beats of beat/main", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    mustAccept(await test.engine.act.installChart(mustLoadChartText(BEAT)));
    const tick = (n: number) =>
      test.mustPropose({ transition: "Beat_Tick", instance: "beat/main", inputs: { n } });
    await tick(10);
    await submitted(test, "order/1");
    await tick(13);
    await settle();
    expect(transitionsOf(test).at(-1)).toBe("Beat_Tick beat/main");
    await tick(14);
    await settle();
    expect(transitionsOf(test).at(-1)).toBe("@timer order/1");
    expect(test.engine.state.head("order/1")?.document.context).toMatchObject({
      note: "stock is late",
    });
  });

  it("that set themselves anew get one record a millisecond, and do not starve others", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(mustLoadChartText(RESTLESS)));
    mustAccept(await test.engine.act.installChart(orderChart()));
    await test.mustPropose({ transition: "Begin", instance: "restless/1" });
    await settle();
    const size = test.disk.durable;
    expect(transitionsOf(test).at(-1)).toBe("@timer restless/1");
    await settle();
    expect(test.disk.durable).toBe(size);
    expect(test.clock.nextAlarm).toBe(test.clock.now() + 1);
    for (let ms = 0; ms < 5; ms += 1) {
      test.clock.advance(1);
      await settle();
    }
    expect(test.disk.durable).toBe(size + 5);
    await test.mustPropose({
      transition: "Order_Add",
      instance: "order/1",
      inputs: { item: "pen" },
    });
  });

  it("go on by the journal's time after the clock was set back", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await submitted(test, "order/1");
    test.clock.advance(30_000);
    await submitted(test, "order/2");
    const start = test.clock.now();
    test.clock.set(start - 20_000);
    await test.mustPropose({
      transition: "Order_Add",
      instance: "order/3",
      inputs: { item: "pen" },
    });
    const decoded = decodeRecord(test.disk.records.at(-1) ?? "");
    expect(decoded.ok && [decoded.record.at, decoded.record.now]).toEqual([start, start - 20_000]);
    // The journal's time stands at `start`; the first order's deadline is 30 s later, by whatever clock gets there.
    test.clock.set(start + 29_999);
    await settle();
    expect(transitionsOf(test).at(-1)).toBe("Order_Add order/3");
    test.clock.set(start + 30_000);
    await settle();
    expect(transitionsOf(test).at(-1)).toBe("@timer order/1");
  });
});
