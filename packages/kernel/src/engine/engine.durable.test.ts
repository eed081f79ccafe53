import { describe, expect, it } from "vitest";
import type { Answer } from "./answer.ts";
import { openTestEngine, mustAccept, settle, type TestEngine } from "../testing/test-engine.ts";
import { orderChart } from "../testing/test-kernel.ts";

/** An engine with orders, whose next append waits until it is released. */
async function heldEngine() {
  const test = await openTestEngine();
  mustAccept(await test.engine.act.installChart(orderChart()));
  const client = await test.register("alice", "client");
  await test.mustPropose({
    transition: "Order_Add",
    instance: "order/1",
    inputs: { item: "pen" },
    signer: client,
  });
  test.journal.plan("slow");
  test.transport.departures.length = 0;
  return { test, client };
}

function watch(promise: Promise<Answer>): { answer: Answer | undefined } {
  const seen: { answer: Answer | undefined } = { answer: undefined };
  void promise.then((answer) => (seen.answer = answer));
  return seen;
}

function everythingShown(test: TestEngine): unknown {
  return {
    size: test.engine.status().size,
    head: test.engine.state.head("order/1")?.hash,
    checkpoint: test.engine.checkpoint(),
    departures: test.transport.departures.length,
  };
}

describe("K5: nothing shows before it is durable", () => {
  it("publishes, answers and dispatches only after the append resolved", async () => {
    const { test, client } = await heldEngine();
    const before = everythingShown(test);
    const submit = watch(
      test.propose({ transition: "Order_Submit", instance: "order/1", signer: client }),
    );
    await settle();
    expect(test.journal.appends).toBe(5);
    expect(submit.answer).toBeUndefined();
    expect(everythingShown(test)).toEqual(before);
    expect(await test.engine.records(4, 10)).toEqual([]);
    test.journal.release();
    await settle();
    expect(submit.answer).toMatchObject({ kind: "accepted", index: 4, replayed: false });
    expect(test.transport.departures.map(({ kind }) => kind)).toEqual(["publish", "dispatch"]);
    expect(everythingShown(test)).not.toEqual(before);
    expect(await test.engine.records(4, 10)).toEqual(test.disk.records.slice(4));
  });

  it("keeps refusals that rest on an undurable head until the head is durable", async () => {
    const { test, client } = await heldEngine();
    const head = test.engine.state.head("order/1");
    const submit = test.wire({ transition: "Order_Submit", instance: "order/1", signer: client });
    const late = test.wire({
      transition: "Order_Cancel",
      instance: "order/1",
      signer: client,
      key: "z:1:late:1",
    });
    const [first, second] = [watch(test.engine.propose(submit)), watch(test.engine.propose(late))];
    await settle();
    expect([first.answer, second.answer]).toEqual([undefined, undefined]);
    test.journal.release();
    await settle();
    const answers = [first.answer, second.answer];
    const refused = answers.find((answer) => answer?.kind === "refused");
    expect(answers.filter((answer) => answer?.kind === "accepted")).toHaveLength(1);
    expect(refused).toMatchObject({ refused: { code: "stale_state" } });
    // The head that the refusal names is the new one, and durable by now.
    const named = refused?.kind === "refused" ? refused.refused.head : null;
    expect(named?.hash).not.toBe(head?.hash);
    expect(named?.hash).toBe(test.engine.state.head("order/1")?.hash);
    expect(named?.index).toBe(4);
  });

  it("reduces what comes meanwhile only after the batch before it is durable", async () => {
    const { test, client } = await heldEngine();
    const submit = watch(
      test.propose({ transition: "Order_Submit", instance: "order/1", signer: client }),
    );
    await settle();
    const read = watch(
      test.propose(
        { transition: "Order_Cancel", instance: "order/1", signer: client },
        { dryRun: true },
      ),
    );
    const cancel = watch(
      test.propose({ transition: "Order_Cancel", instance: "order/1", signer: client }),
    );
    await settle();
    expect([submit.answer, read.answer, cancel.answer]).toEqual([undefined, undefined, undefined]);
    test.journal.release();
    await settle();
    expect(submit.answer).toMatchObject({ kind: "accepted" });
    // Both named the head of before.
    expect(read.answer).toMatchObject({ kind: "refused", refused: { code: "stale_state" } });
    expect(cancel.answer).toMatchObject({ kind: "refused", refused: { code: "stale_state" } });
  });

  it("a dry run in the same turn does not see what others of the turn do", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const add = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };
    const [real, dry] = await Promise.all([test.propose(add), test.propose(add, { dryRun: true })]);
    expect(real).toMatchObject({ kind: "accepted", dryRun: false, index: 2 });
    expect(dry).toMatchObject({ kind: "accepted", dryRun: true, index: 2 });
    expect(test.disk.durable).toBe(3);
  });

  it("appends one batch for all that wait, and takes those of a moment together", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const appends = test.journal.appends;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        test.propose({ transition: "Order_Add", instance: `order/${n}`, inputs: { item: "pen" } }),
      ),
    );
    expect(answers.map(mustAccept)).toEqual(answers.map((_, n) => n + 2));
    expect(test.journal.appends).toBe(appends + 1);
  });

  it("splits what is too much for one batch, and loses nothing", async () => {
    const test = await openTestEngine({ batch: { recordsMax: 3 } });
    mustAccept(await test.engine.act.installChart(orderChart()));
    const appends = test.journal.appends;
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        test.propose({ transition: "Order_Add", instance: `order/${n}`, inputs: { item: "pen" } }),
      ),
    );
    expect(answers.map(mustAccept)).toEqual(answers.map((_, n) => n + 2));
    expect(test.journal.appends).toBe(appends + 4);
    const small = await openTestEngine({ batch: { bytesMax: 1 } });
    mustAccept(await small.engine.act.installChart(orderChart()));
    await Promise.all(
      Array.from({ length: 3 }, (_, n) =>
        small.mustPropose({
          transition: "Order_Add",
          instance: `order/${n}`,
          inputs: { item: "pen" },
        }),
      ),
    );
    expect(small.journal.appends).toBe(2 + 3);
  });

  it("takes proposals that name one head by (hlc, signer, key), whoever came first", async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const test = await openTestEngine();
      mustAccept(await test.engine.act.installChart(orderChart()));
      const wires = ["c", "a", "b"].map((key) =>
        test.wire({
          transition: "Order_Add",
          instance: "order/1",
          inputs: { item: key },
          key: `g:1:add:${key}`,
        }),
      );
      await Promise.all(order.map((n) => test.engine.propose(wires[n] ?? {})));
      expect(test.engine.state.head("order/1")?.document.context).toMatchObject({ items: ["a"] });
    }
  });
});
