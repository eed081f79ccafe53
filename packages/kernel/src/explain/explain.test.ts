import { describe, expect, it } from "vitest";
import { openTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { mustLoadChartText, orderChart, testKernel } from "../testing/test-kernel.ts";
import { createTestSigner } from "../testing/test-crypto.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import type { ExplainedTransition, Explanation } from "./explanation.ts";

async function orderEngine(): Promise<TestEngine> {
  const test = await openTestEngine();
  await test.engine.act.installChart(orderChart());
  await test.mustPropose({
    transition: "Identity_Grant",
    instance: "identity/operator",
    inputs: { role: "client", scope: "order/*" },
  });
  return test;
}

function explained(test: TestEngine, instance = "order/1"): Explanation {
  const operator = test.engine.state.head("identity/operator");
  const explanation = testKernel.explain(test.engine.state, {
    instance,
    at: test.clock.now(),
    identities:
      operator === undefined ? [] : [{ name: "operator", context: operator.document.context }],
  });
  if (explanation === undefined) throw new Error(`${instance} has no chart`);
  return explanation;
}

function of(explanation: Explanation, name: string): ExplainedTransition {
  const found = explanation.transitions.find(({ transition }) => transition === name);
  if (found === undefined) throw new Error(`${name} is not explained`);
  return found;
}

async function add(test: TestEngine, item = "pen"): Promise<void> {
  await test.mustPropose({ transition: "Order_Add", instance: "order/1", inputs: { item } });
}

describe("explaining an order", () => {
  it("says of one that does not exist how it begins", async () => {
    const explanation = explained(await orderEngine());
    expect(explanation.hash).toMatch(/^sha256-0{64}$/);
    expect(explanation.configuration).toEqual(["Control.RUNNING", "Flow.DRAFT"]);
    expect(of(explanation, "Order_Add")).toMatchObject({
      by: ["client", "operator"],
      enabled: true,
      outlook: "open",
      who: ["operator"],
      guard_outcomes: [
        { guard: "notHeld", ok: true, reasons: [] },
        { guard: "belowLimit", ok: true, reasons: [] },
      ],
      helps: ["its inputs need item, a string of 1 to 32 characters"],
    });
    expect(of(explanation, "Order_Submit").helps[0]).toBe(
      "order/1 does not exist, and Order_Submit may not create it",
    );
    expect(explanation.waits_for).toEqual(["client or operator may create it by Order_Add"]);
  });

  it("names the failing guard, what it sees and who could change that", async () => {
    const test = await orderEngine();
    await add(test);
    await test.mustPropose({ transition: "Order_Hold", instance: "order/1" });
    const submit = of(explained(test), "Order_Submit");
    expect(submit.outlook).toBe("closed");
    expect(submit.guard_outcomes).toEqual([
      { guard: "notHeld", ok: false, reasons: ["the order is on hold"] },
      { guard: "notEmpty", ok: true, reasons: [] },
      { guard: "stockOpen", ok: true, reasons: [] },
    ]);
    expect(submit.helps).toEqual([
      "notHeld passes when !In('Control.HELD')",
      "Control.HELD is active; it is left by Order_Release",
    ]);
    expect(submit.leads_to).toEqual(["Flow.CHECKING"]);
    expect(explained(test).waits_for).toEqual([
      "Order_Add and Order_Submit are refused now: the order is on hold",
      "client or operator may Order_Cancel",
      "operator:human may Order_Release",
    ]);
  });

  it("tells where a transition is handled that is not enabled", async () => {
    const test = await orderEngine();
    await add(test);
    const paid = of(explained(test), "Payment_Ok");
    expect(paid).toMatchObject({ enabled: false, outlook: "closed", who: [] });
    expect(paid.helps).toEqual([
      "Payment_Ok is handled in Flow.CHECKING.Payment.WAITING; active: Control.RUNNING, Flow.DRAFT",
      "Flow.CHECKING.Payment.WAITING is entered by Order_Submit or Flow.CHECKING.Payment.RETRY by itself",
      "it answers pay, and no such effect is open",
    ]);
    expect(of(explained(test), "Order_GiveUp").helps[0]).toBe(
      "nobody may propose Order_GiveUp: only the chart raises it",
    );
  });

  it("says who owes what until when, and what happens by itself", async () => {
    const test = await orderEngine();
    await add(test);
    await test.mustPropose({ transition: "Order_Submit", instance: "order/1" });
    test.clock.advance(18_000);
    const explanation = explained(test);
    expect(explanation.effects).toMatchObject([
      { id: "order/1#2.0", owner: "payments", on_deadline: "Payment_TimedOut", overdue: false },
    ]);
    expect(explanation.waits_for[0]).toMatch(
      /^payments owes RequestPayment \(order\/1#2\.0\): Payment_Ok or Payment_Failed; Payment_TimedOut follows at 20\d\d-\S+Z \(in 42 s\)$/,
    );
    expect(explanation.waits_for[1]).toBe(
      "Stock_Nag follows by itself at beat 4 (nobody counts beats yet), set in Flow.CHECKING.Stock.RESERVING",
    );
    expect(of(explanation, "Payment_Ok").helps).toEqual([
      "payments alone may answer order/1#2.0",
      "no identity named payments holds provider on order/1; an operator registers or grants it",
    ]);
  });

  it("says that what has ended waits for nothing", async () => {
    const test = await orderEngine();
    await add(test);
    await test.mustPropose({ transition: "Order_Cancel", instance: "order/1" });
    const explanation = explained(test);
    expect(explanation.waits_for).toEqual(["order/1 has ended and waits for nothing"]);
    for (const one of explanation.transitions)
      expect(one).toMatchObject({
        outlook: "closed",
        helps: expect.arrayContaining(["order/1 has ended; nothing more is accepted"]),
      });
  });

  it("knows nothing of an instance without a chart", async () => {
    const test = await orderEngine();
    expect(testKernel.explain(test.engine.state, { instance: "boat/1", at: 0 })).toBeUndefined();
  });

  it("agrees with reduce about every guard that it claims to know", async () => {
    const test = await orderEngine();
    const client = createTestSigner(nodeHasher, "operator");
    let claimed = 0;
    for (const step of [
      "Order_Add",
      "Order_Hold",
      "Order_Submit",
      "Order_Release",
      "Order_Submit",
    ]) {
      const inputs = step === "Order_Add" ? { item: "pen" } : {};
      const before = of(explained(test), step);
      const wire = test.wire({ transition: step, instance: "order/1", inputs, signer: client });
      const answer = await test.engine.propose(wire);
      const outcomes =
        answer.kind === "refused"
          ? answer.refused.outcomes
          : JSON.parse(answer.text).guard_outcomes;
      for (const { guard, ok, reasons } of before.guard_outcomes) {
        if (ok === null) continue;
        claimed += 1;
        expect(outcomes).toContainEqual({ guard, ok, reasons });
      }
      expect(answer.kind === "refused").toBe(before.outlook === "closed");
    }
    expect(claimed).toBe(8);
  });
});

const GATE = `
chart: gate
version: 1
context: { type: object, required: [floor], properties: { floor: { type: integer } } }
initialContext: { floor: 10 }
reads: { other: "'gate/' + (has(inputs.of) ? inputs.of : '0')", fixed: "'gate/9'" }
initial: SHUT
states:
  SHUT:
    on:
      Gate_Open: { target: OPEN, guards: [tall, sees] }
      Gate_Raise: { actions: [ { assign: { floor: "context.floor + 1" } } ] }
      Gate_Late: { target: OPEN, guards: [late] }
  OPEN: { type: final }
transitions:
  Gate_Open:
    by: [client]
    inputs: { type: object, required: [height, of], properties: { height: { type: integer, minimum: 0, maximum: 99 }, of: { type: string, maxLength: 9 } } }
    guards: [human]
  Gate_Raise: { by: [client] }
  Gate_Late: { by: [client] }
guards:
  tall: { when: "inputs.height > context.floor && context.floor < 11", reason: "{inputs.height} is not above {context.floor}" }
  sees: { when: "reads.other == null && reads.fixed != null", reason: "the ninth is missing" }
  human: { when: "human", reason: "only people" }
  late: { when: "at > 9000000000000", reason: "too early" }
`;

describe("explaining guards that hang on a proposal", () => {
  it("says on what they depend, and what is known all the same", async () => {
    const test = await openTestEngine();
    await test.engine.act.installChart(mustLoadChartText(GATE));
    const before = of(explained(test, "gate/1"), "Gate_Open");
    expect(before.outlook).toBe("closed");
    expect(before.guard_outcomes).toEqual([
      { guard: "human", ok: null, reasons: ["depends on human"] },
      { guard: "tall", ok: null, reasons: ["depends on inputs.height"] },
      // One of the reads hangs on the inputs; the other alone says no.
      { guard: "sees", ok: false, reasons: ["the ninth is missing"] },
    ]);
    expect(before.helps).toContain("tall is told inputs.height by the proposal");
    expect(before.helps).toContain("tall sees context.floor = 10");
    expect(before.helps).toContain("sees sees reads.fixed = gate/9, which does not exist");
    expect(before.helps.at(-1)).toBe(
      "its inputs need height, an integer from 0 to 99; of, a string of at most 9 characters",
    );
    const late = of(explained(test, "gate/1"), "Gate_Late");
    expect(late.helps.at(-1)).toBe("it looks at the time, so it may pass later by itself");
  });

  it("keeps what is unknown in braces where it tells the reason of a no", async () => {
    const test = await openTestEngine();
    await test.engine.act.installChart(
      mustLoadChartText(
        GATE.replace("initialContext: { floor: 10 }", "initialContext: { floor: 11 }"),
      ),
    );
    expect(of(explained(test, "gate/1"), "Gate_Open").guard_outcomes[1]).toEqual({
      guard: "tall",
      ok: false,
      reasons: ["{inputs.height} is not above 11"],
    });
  });
});
