import { describe, expect, it } from "vitest";
import { codeOf, mustAccept, openTestEngine, operator, settle } from "../testing/test-engine.ts";
import { orderChart } from "../testing/test-kernel.ts";

async function ordersEngine() {
  const test = await openTestEngine();
  mustAccept(await test.engine.act.installChart(orderChart()));
  return test;
}

const ADD = {
  transition: "Order_Add",
  instance: "order/1",
  inputs: { item: "pen" },
  key: "g:1:add:1",
};

function textOf(answer: { readonly kind: string; readonly text?: string }): string {
  return answer.text ?? answer.kind;
}

describe("K6: one record for each idempotency key", () => {
  it("64 racing deliveries are one record and 64 times the same answer", async () => {
    const test = await ordersEngine();
    const wire = test.wire(ADD);
    const answers = await Promise.all(Array.from({ length: 64 }, () => test.engine.propose(wire)));
    expect(new Set(answers.map(textOf)).size).toBe(1);
    expect(answers.filter((answer) => answer.kind === "accepted" && !answer.replayed)).toHaveLength(
      1,
    );
    expect(answers.filter((answer) => answer.kind === "accepted" && answer.replayed)).toHaveLength(
      63,
    );
    expect(test.disk.durable).toBe(3);
  });

  it("gives the first answer byte for byte, whatever head, clock or signature this delivery carries", async () => {
    const test = await ordersEngine();
    const first = await test.propose(ADD);
    await test.mustPropose({ ...ADD, inputs: { item: "ink" }, key: "g:1:add:2" });
    test.clock.advance(600_000);
    const again = await test.propose(ADD);
    expect(again).toEqual({ ...first, replayed: true });
    const stale = await test.propose({ ...ADD, hlc: "2020-01-01T00:00:00.000+00:00#0" });
    expect(stale).toEqual({ ...first, replayed: true });
    expect(test.disk.durable).toBe(4);
  });

  it("refuses another operation under the same key: instance, transition, inputs, signer", async () => {
    const test = await ordersEngine();
    const client = await test.register("alice", "client");
    await test.mustPropose(ADD);
    const others = [
      { ...ADD, instance: "order/2" },
      { ...ADD, transition: "Order_Submit", inputs: {} },
      { ...ADD, inputs: { item: "ink" } },
      { ...ADD, signer: client },
    ];
    for (const other of others) expect(codeOf(await test.propose(other))).toBe("idem_conflict");
    // Also in one batch with the first.
    const fresh = { ...ADD, key: "g:1:add:9" };
    const racing = await Promise.all(
      [fresh, { ...fresh, instance: "order/7" }].map((proposal) => test.propose(proposal)),
    );
    expect(racing.map(codeOf)).toEqual(["accepted", "idem_conflict"]);
  });

  it("wants a valid signature also for a repeated delivery", async () => {
    const test = await ordersEngine();
    await test.mustPropose(ADD);
    const wire = test.wire(ADD);
    expect(codeOf(await test.engine.propose({ ...wire, signature: "A".repeat(86) }))).toBe(
      "bad_signature",
    );
  });

  it("remembers over a restart, from the log and from a snapshot", async () => {
    let test = await ordersEngine();
    const first = await test.propose(ADD);
    for (const withSnapshot of [false, true]) {
      if (withSnapshot) await test.engine.snapshot();
      test = await test.reopen();
      expect(test.engine.status().recovery.snapshotIndex).toBe(withSnapshot ? 2 : null);
      expect(await test.propose(ADD)).toEqual({ ...first, replayed: true });
      expect(codeOf(await test.propose({ ...ADD, inputs: { item: "x" } }))).toBe("idem_conflict");
    }
    expect(test.disk.durable).toBe(3);
  });

  it("reads no record that a snapshot stands for where the journal knows the keys", async () => {
    const before = await ordersEngine();
    const first = await before.propose(ADD);
    await before.mustPropose({ ...ADD, inputs: { item: "ink" }, key: "g:1:add:2" });
    await before.engine.snapshot();
    before.disk.keysKept = before.disk.durable;
    // Nobody can read these: recovery would fail on them.
    const chart = before.disk.written.splice(1, 1, "?")[0] ?? "";
    const test = await before.reopen();
    expect(test.engine.status().recovery).toEqual({ snapshotIndex: 3, replayed: 0, skipped: [] });
    before.disk.written[1] = chart;
    expect(await test.propose(ADD)).toEqual({ ...first, replayed: true });
    expect(mustAccept(await test.propose({ ...ADD, key: "g:1:add:3" }))).toBe(4);
  });

  it("never answers from a record that has another key, whatever the index says", async () => {
    const test = await ordersEngine();
    await test.mustPropose(ADD);
    await test.mustPropose({ ...ADD, inputs: { item: "ink" }, key: "g:1:add:2" });
    test.disk.written.reverse();
    test.disk.written.unshift("", "");
    expect(codeOf(await test.propose(ADD))).toBe("fenced");
    expect((await test.engine.fenced).message).toContain("K6: the index leads from g:1:add:1");
  });

  it("answers a key that became durable while the delivery was being checked", async () => {
    const test = await ordersEngine();
    test.journal.plan("slow");
    const first = test.propose(ADD);
    await settle();
    // Its key is not durable yet, so clearance finds nothing; the turn after the append does.
    const second = test.propose(ADD);
    await settle();
    test.journal.release();
    expect(textOf(await second)).toBe(textOf(await first));
    expect(await second).toMatchObject({ replayed: true });
    expect(test.disk.durable).toBe(3);
  });

  it("a refused proposal leaves its key free", async () => {
    const test = await ordersEngine();
    const bad = { ...ADD, inputs: { item: "" } };
    expect(codeOf(await test.propose(bad))).toBe("inputs_invalid");
    expect(codeOf(await test.propose(ADD))).toBe("accepted");
  });

  it("stops knowing a key's answer with the signer: a revoked one is unknown", async () => {
    const test = await ordersEngine();
    const client = await test.register("alice", "client");
    await test.mustPropose({ ...ADD, signer: client });
    await test.mustPropose({
      transition: "Identity_Revoke",
      instance: "identity/alice",
      inputs: { reason: "left" },
      signer: operator,
    });
    expect(codeOf(await test.propose({ ...ADD, signer: client }))).toBe("unknown_signer");
  });
});
