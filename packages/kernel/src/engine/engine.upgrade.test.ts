import { describe, expect, it } from "vitest";
import { mustAccept, openTestEngine, settle, type TestEngine } from "../testing/test-engine.ts";
import { mustLoadChartText, orderChart, testKernel } from "../testing/test-kernel.ts";
import { edgeRefusal } from "./edge-refusal.ts";
import type { EngineKernel } from "./engine-kernel.ts";

function lamp(version: number): string {
  return `
chart: lamp
version: ${version}
context: { type: object, required: [n], properties: { n: { type: integer, minimum: 0 } } }
initialContext: { n: ${version} }
creates: [Lamp_Toggle]
initial: DARK
states:
  DARK: { on: { Lamp_Toggle: { target: LIT } } }
  LIT: { on: { Lamp_Toggle: { target: DARK } } }
transitions:
  Lamp_Toggle: { by: [operator] }
`;
}

function versionOf(test: TestEngine, instance: string): number | undefined {
  return test.engine.state.head(instance)?.document.meta.version;
}

describe("charts in several versions", () => {
  it("new instances get the newest, living ones keep theirs until they are moved", async () => {
    let test = await openTestEngine();
    const [first, second, third] = [1, 2, 3].map((version) => mustLoadChartText(lamp(version)));
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    const toggle = (instance: string) => test.mustPropose({ transition: "Lamp_Toggle", instance });
    mustAccept(await test.engine.act.installChart(first));
    await toggle("lamp/old");
    await toggle("lamp/moved");
    mustAccept(await test.engine.act.installChart(second));
    await toggle("lamp/new");
    // A version that is not installed may be moved to; its normal form is kept all the same.
    mustAccept(await test.engine.act.migrate("lamp/moved", third, {}));
    const versions = () =>
      ["lamp/old", "lamp/moved", "lamp/new"].map((name) => versionOf(test, name));
    expect(versions()).toEqual([1, 3, 2]);
    for (const withSnapshot of [false, true]) {
      if (withSnapshot) await test.engine.snapshot();
      const { root } = test.engine.checkpoint();
      test = await test.reopen();
      expect(test.engine.status().recovery).toMatchObject({ skipped: [] });
      expect(test.engine.checkpoint().root).toBe(root);
      expect(versions()).toEqual([1, 3, 2]);
      for (const name of ["lamp/old", "lamp/moved", `lamp/fresh${Number(withSnapshot)}`])
        await toggle(name);
      expect(versionOf(test, `lamp/fresh${Number(withSnapshot)}`)).toBe(2);
    }
  });
});

function clock(number: number): string {
  return `
chart: clock${number}
version: 1
reads: { lamp: "'lamp/a'" }
creates: [Clock_Look]
initial: A
states: { A: { on: { Clock_Look: { guards: [lit] } } } }
transitions: { Clock_Look: { by: [operator] } }
guards: { lit: { when: "reads.lamp == null || reads.lamp.context.n > 0", reason: "dark" } }
`;
}

describe("charts that read others", () => {
  it("are found again from a snapshot, in whatever order their names stand", async () => {
    const lampChart = mustLoadChartText(lamp(1));
    // The manifest sorts charts by hash: some of these stand before the lamp.
    const readers = [1, 2, 3, 4, 5, 6].map((version) => {
      const { chart } = testKernel.loadChartText(clock(version), {
        otherCharts: (name) => (name === "lamp" ? lampChart.normal : undefined),
      });
      if (chart === undefined) throw new Error("the reader does not load beside what it reads");
      return chart;
    });
    let test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(lampChart));
    for (const reader of readers) mustAccept(await test.engine.act.installChart(reader));
    await test.engine.snapshot();
    test = await test.reopen();
    expect(test.engine.status().recovery).toMatchObject({ snapshotIndex: 7, skipped: [] });
    for (const { hash, name } of readers) expect(test.engine.state.chart(name)?.hash).toBe(hash);
  });
});

describe("a timer that reduce refuses", () => {
  it("is left alone until its instance moves, is told, and stops nobody else", async () => {
    const refused = edgeRefusal("document_too_large", ["too much"]);
    let sick = "order/1";
    const kernel: EngineKernel = {
      ...testKernel,
      reduce: (state, input) =>
        input.kind === "engine" && input.act.act === "@timer" && input.act.instance === sick
          ? refused
          : testKernel.reduce(state, input),
    };
    const test = await openTestEngine({ kernel });
    mustAccept(await test.engine.act.installChart(orderChart()));
    for (const instance of ["order/1", "order/2"]) {
      await test.mustPropose({ transition: "Order_Add", instance, inputs: { item: "pen" } });
      await test.mustPropose({ transition: "Order_Submit", instance });
    }
    const size = test.disk.durable;
    test.clock.advance(60_000);
    await settle();
    expect(test.disk.durable).toBe(size + 1);
    expect(test.engine.status()).toMatchObject({ condition: "degraded", fence: null });
    expect(test.engine.status().stuck.get("order/1")).toBe(refused);
    expect(test.engine.status().problems.join()).toContain(
      "a timer of order/1 was refused: too much",
    );
    // Only the other order's next deadline wakes it.
    expect(test.clock.nextAlarm).toBe(test.clock.now() + 60_000);
    sick = "";
    await test.mustPropose({ transition: "Order_Hold", instance: "order/1" });
    // At the same reading of the clock it is not asked again; at the next one it is.
    test.clock.advance(1);
    await settle();
    expect(test.engine.status()).toMatchObject({ condition: "ok", size: size + 3 });
  });
});
