import { describe, expect, it } from "vitest";
import type { Crypto } from "./ports.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { codeOf, mustAccept, openTestEngine, operator, settle } from "../testing/test-engine.ts";
import { createTestCrypto } from "../testing/test-crypto.ts";
import { orderChart } from "../testing/test-kernel.ts";

/** A crypto whose answers wait while it is held. */
function heldCrypto() {
  const inner = createTestCrypto({ hasher: nodeHasher });
  const held: (() => void)[] = [];
  const control = { isHeld: false, calls: 0, release: () => held.splice(0).forEach((go) => go()) };
  const crypto: Crypto = {
    node: inner.node,
    sign: (bytes) => inner.sign(bytes),
    verify: async (attestations) => {
      control.calls += 1;
      if (control.isHeld) await new Promise<void>((resolve) => held.push(resolve));
      return inner.verify(attestations);
    },
  };
  return { crypto, control };
}

const LANES = { proposals: 4, operators: 2, engine: 2 };

async function crowdedEngine() {
  const { crypto, control } = heldCrypto();
  const test = await openTestEngine({ crypto, lanes: LANES });
  mustAccept(await test.engine.act.installChart(orderChart()));
  const client = await test.register("alice", "client");
  control.isHeld = true;
  let orders = 0;
  const add = () => {
    orders += 1;
    return test.wire({
      transition: "Order_Add",
      instance: `order/${orders}`,
      inputs: { item: "pen" },
      signer: client,
    });
  };
  const crowd = Array.from({ length: LANES.proposals }, () => test.engine.propose(add()));
  await settle();
  control.calls = 0;
  return { test, control, client, add, crowd };
}

describe("overload", () => {
  it("refuses at once, without parsing or crypto, and says when to come back", async () => {
    const { test, control, crowd } = await crowdedEngine();
    const answer = await test.engine.propose("this is not even JSON");
    expect(answer).toMatchObject({ kind: "refused", refused: { code: "overloaded" } });
    expect(control.calls).toBe(0);
    expect(test.engine.status().depths).toEqual({ proposals: 4, operators: 0, engine: 0 });
    control.release();
    expect((await Promise.all(crowd)).map(codeOf)).toEqual(crowd.map(() => "accepted"));
    expect(test.engine.status().depths).toEqual({ proposals: 0, operators: 0, engine: 0 });
    control.isHeld = false;
    expect(codeOf(await test.engine.propose("this is not even JSON"))).toBe("malformed");
  });

  it("says whom it would turn away, and takes no place for the question", async () => {
    const { test, control, crowd, add } = await crowdedEngine();
    expect(test.engine.turnsAway()).toMatchObject({ refused: { code: "overloaded" } });
    expect(test.engine.turnsAway({ operator: true })).toBeNull();
    expect(test.engine.turnsAway({ operator: true })).toBeNull();
    expect(test.engine.status().depths).toEqual({ proposals: 4, operators: 0, engine: 0 });
    control.isHeld = false;
    control.release();
    await Promise.all(crowd);
    expect(test.engine.turnsAway()).toBeNull();
    test.disk.full = true;
    expect(codeOf(await test.engine.propose(add()))).toBe("overloaded");
    for (const operator of [false, true])
      expect(test.engine.turnsAway({ operator })?.refused.reasons.join()).toContain("disk is full");
    await test.engine.stop();
    expect(test.engine.turnsAway({ operator: true })).toMatchObject({
      refused: { code: "overloaded" },
    });
  });

  it("spreads the retries between once and twice the hint", async () => {
    const { test } = await crowdedEngine();
    const hints = new Set<number>();
    for (let n = 0; n < 100; n += 1) {
      const answer = await test.engine.propose("x");
      const hint = answer.kind === "refused" ? (answer.retryAfterMs ?? -1) : -1;
      expect(hint >= 500 && hint < 1_000).toBe(true);
      hints.add(hint);
    }
    expect(hints.size).toBeGreaterThan(20);
  });

  it("keeps places for operators, of which nobody else gets one", async () => {
    const { test, control, add, crowd } = await crowdedEngine();
    const revoke = {
      transition: "Identity_Grant",
      instance: "identity/alice",
      inputs: { role: "ci", scope: "*" },
      signer: operator,
    };
    // Without the hint, and for a client that lies: no place.
    expect(codeOf(await test.propose(revoke))).toBe("overloaded");
    expect(codeOf(await test.engine.propose(add(), { operator: true }))).toBe("overloaded");
    expect(control.calls).toBe(0);
    expect(test.engine.status().depths.operators).toBe(0);
    const operators = [
      test.propose(revoke, { operator: true }),
      test.propose(revoke, { operator: true }),
    ];
    await settle();
    expect(control.calls).toBe(2);
    expect(codeOf(await test.propose(revoke, { operator: true }))).toBe("overloaded");
    control.release();
    expect((await Promise.all(operators)).map(codeOf)).toEqual(["accepted", "stale_state"]);
    await Promise.all(crowd);
  });

  it("keeps places for engine records", async () => {
    const { test, control, crowd } = await crowdedEngine();
    test.journal.plan("slow");
    const acts = [1, 2, 3].map(() => test.engine.act.seal("identity/alice"));
    await settle();
    expect(test.engine.status().depths.engine).toBe(0);
    expect((await Promise.all(acts)).map(codeOf)).toEqual([
      "not_enabled",
      "not_enabled",
      "overloaded",
    ]);
    control.release();
    await settle();
    test.journal.release();
    expect((await Promise.all(crowd)).map(codeOf)).toEqual(crowd.map(() => "accepted"));
  });

  it("status is read whatever waits", async () => {
    const { test } = await crowdedEngine();
    expect(test.engine.status()).toMatchObject({ condition: "ok", size: 3 });
    expect(await test.engine.records(0, 1)).toEqual(test.disk.records.slice(0, 1));
  });

  it.each<readonly [how: string, part: (isBroken: () => boolean) => Partial<Crypto>]>([
    [
      "verify",
      (isBroken) => ({
        verify: async (attestations) => {
          if (isBroken()) throw new Error("the worker died");
          return attestations.map(() => true);
        },
      }),
    ],
    [
      "holds, later",
      (isBroken) => ({
        holds: async () => {
          if (isBroken()) throw new Error("the worker died");
          return true;
        },
      }),
    ],
    [
      "holds, at once",
      (isBroken) => ({
        holds: () => {
          if (isBroken()) throw new Error("the worker died");
          return Promise.resolve(true);
        },
      }),
    ],
  ])(
    "a crypto that cannot answer %s refuses what it was asked, and nothing else",
    async (_, part) => {
      let broken = false;
      const test = await openTestEngine({
        crypto: { ...createTestCrypto({ hasher: nodeHasher }), ...part(() => broken) },
      });
      mustAccept(await test.engine.act.installChart(orderChart()));
      const add = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };
      broken = true;
      const answer = await test.propose(add);
      expect(answer).toMatchObject({ kind: "refused", refused: { code: "overloaded" } });
      expect(answer.kind === "refused" && answer.retryAfterMs).toBeGreaterThan(0);
      broken = false;
      expect(codeOf(await test.propose(add))).toBe("accepted");
    },
  );

  it("a crypto that says of a text that its signature does not hold is believed", async () => {
    const test = await openTestEngine({
      crypto: { ...createTestCrypto({ hasher: nodeHasher }), holds: async () => false },
    });
    mustAccept(await test.engine.act.installChart(orderChart()));
    const add = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };
    expect(codeOf(await test.propose(add))).toBe("bad_signature");
  });
});

describe("a full disk", () => {
  it("refuses and says why, serves reads, and goes on by itself when there is room", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const add = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };
    test.disk.full = true;
    const answer = await test.propose(add);
    expect(answer).toMatchObject({ kind: "refused", refused: { code: "overloaded" } });
    expect(answer.kind === "refused" && answer.refused.reasons.join()).toContain("disk is full");
    expect(test.engine.status()).toMatchObject({ condition: "degraded", size: 2, fence: null });
    expect(await test.engine.records(0, 9)).toHaveLength(2);
    expect(test.transport.published).toEqual([0, 1]);
    // Not tried again at once: the disk is left alone for a while, and nobody waits for it.
    const appends = test.journal.appends;
    expect(codeOf(await test.propose(add))).toBe("overloaded");
    expect(codeOf(await test.engine.act.seal("identity/operator"))).toBe("overloaded");
    expect(test.journal.appends).toBe(appends);
    test.clock.advance(1_000);
    expect(codeOf(await test.propose(add))).toBe("overloaded");
    expect(test.journal.appends).toBe(appends + 1);
    test.disk.full = false;
    test.clock.advance(1_000);
    expect(codeOf(await test.propose(add))).toBe("accepted");
    expect(test.engine.status()).toMatchObject({ condition: "ok", size: 3 });
  });

  it("tells nobody of a batch what it found, dry runs excepted", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const add = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };
    test.journal.plan("full");
    const answers = await Promise.all([
      test.propose({ ...add, key: "a:1:b:1" }),
      // Refused because of the record before it, which will never be.
      test.propose({ ...add, key: "a:1:b:2" }),
      test.propose(add, { dryRun: true }),
    ]);
    expect(answers.map(codeOf)).toEqual(["overloaded", "overloaded", "accepted"]);
    expect(test.engine.state.head("order/1")).toBeUndefined();
  });

  it("takes time that went back for room to try again", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const add = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };
    test.journal.plan("full");
    expect(codeOf(await test.propose(add))).toBe("overloaded");
    test.clock.advance(-3_600_000);
    expect(codeOf(await test.propose(add))).toBe("accepted");
  });

  it("fires what became due while it was full", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await test.mustPropose({
      transition: "Order_Add",
      instance: "order/1",
      inputs: { item: "pen" },
    });
    await test.mustPropose({ transition: "Order_Submit", instance: "order/1" });
    test.disk.full = true;
    test.clock.advance(60_000);
    await settle();
    expect(test.disk.durable).toBe(4);
    expect(test.engine.status().condition).toBe("degraded");
    test.disk.full = false;
    test.clock.advance(999);
    await settle();
    expect(test.disk.durable).toBe(4);
    test.clock.advance(1);
    await settle();
    expect(test.disk.durable).toBe(5);
    expect(test.engine.status().condition).toBe("ok");
  });

  it("does not install a chart that could not be kept", async () => {
    const test = await openTestEngine();
    test.disk.full = true;
    expect(codeOf(await test.engine.act.installChart(orderChart()))).toBe("overloaded");
    test.disk.full = false;
    expect(codeOf(await test.engine.act.installChart(orderChart()))).toBe("accepted");
  });
});
