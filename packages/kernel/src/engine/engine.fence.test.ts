import { describe, expect, it } from "vitest";
import { ABSENT_HASH, NO_LEAF, type ValueHash } from "../hash.ts";
import type { LogRecord } from "../log/record.ts";
import type { Head } from "../reduce/document.ts";
import type { Accepted, Verdict } from "../reduce/state.ts";
import type { AppendFault } from "../testing/memory-journal.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import {
  codeOf,
  mustAccept,
  openTestEngine,
  settle,
  type TestEngine,
} from "../testing/test-engine.ts";
import { createTestCrypto } from "../testing/test-crypto.ts";
import { orderChart, testKernel } from "../testing/test-kernel.ts";
import type { EngineKernel } from "./engine-kernel.ts";

const ADD = { transition: "Order_Add", instance: "order/1", inputs: { item: "pen" } };

/** A kernel that lies about accepted records from the moment when `lie` is set. */
function lyingKernel() {
  const control: { lie: ((accepted: Accepted) => Accepted) | null } = { lie: null };
  const kernel: EngineKernel = {
    ...testKernel,
    reduce: (state, input): Verdict => {
      const verdict = testKernel.reduce(state, input);
      return verdict.kind === "accepted" && control.lie !== null ? control.lie(verdict) : verdict;
    },
  };
  return { kernel, control };
}

async function ordersEngine(kernel?: EngineKernel): Promise<TestEngine> {
  const test = await openTestEngine(kernel === undefined ? {} : { kernel });
  mustAccept(await test.engine.act.installChart(orderChart()));
  await test.mustPropose(ADD);
  return test;
}

/** After the fence nothing is taken, appended, published or stored, whatever is asked. */
async function expectFenced(test: TestEngine, cause: string, message: string): Promise<void> {
  const fence = await test.engine.fenced;
  expect(fence.cause).toBe(cause);
  expect(fence.message).toContain(message);
  expect(test.engine.status()).toMatchObject({ condition: "fenced", fence });
  const { appends } = test.journal;
  const departures = test.transport.departures.length;
  expect(codeOf(await test.propose({ ...ADD, instance: "order/9" }))).toBe("fenced");
  expect(codeOf(await test.propose(ADD, { dryRun: true, operator: true }))).toBe("fenced");
  expect(test.engine.turnsAway({ operator: true })?.refused.code).toBe("fenced");
  expect(codeOf(await test.engine.act.seal("order/1"))).toBe("fenced");
  expect(codeOf(await test.engine.act.installChart(orderChart()))).toBe("fenced");
  expect(await test.engine.snapshot()).toMatchObject({ kind: "failed" });
  test.clock.advance(3_600_000);
  await settle();
  await test.engine.stop();
  expect(test.journal.appends).toBe(appends);
  expect(test.transport.departures).toHaveLength(departures);
  expect(test.disk.snapshots).toEqual([]);
  expect(test.clock.nextAlarm).toBeUndefined();
}

function withRecord(accepted: Accepted, changes: Partial<LogRecord>): Accepted {
  return { ...accepted, record: { ...accepted.record, ...changes } };
}

function withHead(accepted: Accepted, change: (head: Head) => Head): Accepted {
  return { ...accepted, heads: accepted.heads.map(change) };
}

const OTHER: ValueHash = `sha256-${"1".repeat(64)}`;

/** Each lie is one that only this invariant can find. */
const LIES: readonly (readonly [
  claim: string,
  what: string,
  lie: (accepted: Accepted) => Accepted,
])[] = [
  ["K1: pre", "a pre that is not the last post", (a) => withRecord(a, { pre: OTHER })],
  ["K1: pre", "an instance that was absent", (a) => withRecord(a, { pre: ABSENT_HASH })],
  ["K1: post", "a post that is not the head's hash", (a) => withRecord(a, { post: OTHER })],
  ["K1: 0 heads", "a head that is missing", (a) => ({ ...a, heads: [] })],
  [
    "K1: the head is that of",
    "a head of another instance",
    (a) =>
      withHead(a, (head) => ({
        ...head,
        document: { ...head.document, meta: { ...head.document.meta, instance: "order/2" } },
      })),
  ],
  ["K2: time", "time that goes back", (a) => withRecord(a, { at: a.record.at - 1 })],
  [
    "K2: hlc_last",
    "a clock that goes back",
    (a) =>
      withHead(a, (head) => ({
        ...head,
        document: { ...head.document, hlc_last: "2020-01-01T00:00:00.000+00:00#0" },
      })),
  ],
  ["K3: seq", "a seq that stands still", (a) => withRecord(a, { seq: a.record.seq - 1 })],
  [
    "K3: seq",
    "a seq of the document that jumps",
    (a) =>
      withHead(a, (head) => ({
        ...head,
        document: { ...head.document, meta: { ...head.document.meta, seq: 9 } },
      })),
  ],
  [
    "K3: the epoch of Flow",
    "an epoch that jumps",
    (a) =>
      withHead(a, (head) => ({
        ...head,
        document: { ...head.document, epoch: { Control: 1, Flow: 9 } },
      })),
  ],
  [
    "K3: the epoch of Flow",
    "an epoch that goes back",
    (a) =>
      withHead(a, (head) => ({
        ...head,
        document: { ...head.document, epoch: { Control: 1, Flow: 0 } },
      })),
  ],
  [
    "K3: the regions",
    "a region that is gone",
    (a) => withHead(a, (head) => ({ ...head, document: { ...head.document, epoch: { Flow: 2 } } })),
  ],
  ["K4: record 9", "an index that is not the next", (a) => withRecord(a, { index: 9 })],
  ["K4: record 3 names", "another leaf before it", (a) => withRecord(a, { prev: NO_LEAF })],
];

describe("invariants fence the engine before anything is written", () => {
  it.each(LIES)("%s … : %s", async (claim, _what, lie) => {
    const { kernel, control } = lyingKernel();
    const test = await ordersEngine(kernel);
    const size = test.disk.durable;
    control.lie = lie;
    expect(codeOf(await test.propose(ADD))).toBe("fenced");
    expect(test.disk.durable).toBe(size);
    await expectFenced(test, "invariant", claim);
  });

  it("K6: a record under a key that has one", async () => {
    const { kernel } = lyingKernel();
    const forgetful: EngineKernel = {
      ...kernel,
      reduce: (state, input) =>
        testKernel.reduce(state, input.kind === "proposal" ? { ...input, seen: undefined } : input),
    };
    const test = await ordersEngine(forgetful);
    await test.mustPropose({ ...ADD, key: "a:1:b:c" });
    expect(codeOf(await test.propose({ ...ADD, key: "a:1:b:c" }))).toBe("fenced");
    await expectFenced(test, "invariant", "K6: the key a:1:b:c led to record 3");
  });

  it("K6: also within one batch", async () => {
    const forgetful: EngineKernel = {
      ...testKernel,
      reduce: (state, input) =>
        testKernel.reduce(state, input.kind === "proposal" ? { ...input, seen: undefined } : input),
    };
    const test = await ordersEngine(forgetful);
    const answers = await Promise.all(
      ["order/5", "order/6"].map((instance) => test.propose({ ...ADD, instance, key: "a:1:b:c" })),
    );
    expect(answers.map(codeOf)).toEqual(["fenced", "fenced"]);
    await expectFenced(test, "invariant", "K6: the key a:1:b:c led to record 3");
  });

  it("K8: a journal whose term is not the engine's any more", async () => {
    const test = await ordersEngine();
    Object.defineProperty(test.journal, "term", { value: 99 });
    expect(codeOf(await test.propose(ADD))).toBe("fenced");
    await expectFenced(test, "invariant", "K8: the journal is at term 99, this engine at 1");
  });

  it("a clock that is no clock", async () => {
    const test = await ordersEngine();
    const wire = test.wire(ADD);
    test.clock.now = () => Number.NaN;
    expect(codeOf(await test.engine.propose(wire))).toBe("fenced");
    expect((await test.engine.fenced).message).toContain("whole ms, not NaN");
  });
});

describe("invariants fence the engine before anything leaves", () => {
  it("K5: a journal that resolves without having the batch", async () => {
    const test = await ordersEngine();
    test.journal.append = async () => {};
    const departures = test.transport.departures.length;
    expect(codeOf(await test.propose(ADD))).toBe("fenced");
    expect(test.transport.departures).toHaveLength(departures);
    expect((await test.engine.fenced).message).toContain("K5: record 3 leaves while 3 are durable");
  });

  it("K4: a journal that has more than was appended", async () => {
    const test = await ordersEngine();
    const append = test.journal.append.bind(test.journal);
    test.journal.append = async (batch) => {
      await append(batch);
      await append({ ...batch, firstIndex: batch.firstIndex + 1 });
    };
    expect(codeOf(await test.propose(ADD))).toBe("fenced");
    expect((await test.engine.fenced).message).toContain("K4: 4 leaves and 4 folded records for 5");
    expect(test.transport.published).toEqual([0, 1, 2]);
  });

  it("a transport that throws", async () => {
    const test = await ordersEngine();
    test.transport.watch = () => {
      throw new Error("nobody there");
    };
    expect(codeOf(await test.propose(ADD))).toBe("fenced");
    expect(await test.engine.fenced).toEqual({ cause: "unexpected", message: "nobody there" });
  });

  it("a checkpoint beyond what is durable is never given", async () => {
    const test = await ordersEngine();
    Object.defineProperty(test.journal, "size", { value: 2 });
    expect(() => test.engine.checkpoint()).toThrow("K5: record 2 leaves while 2 are durable");
  });
});

describe("the journal's failures", () => {
  const cases: readonly (readonly [AppendFault, number])[] = [
    ["failed-lost", 3],
    ["failed-kept", 4],
    ["torn", 3],
  ];

  it.each(cases)(
    "%s: fences, says that the outcome is unknown, and the restart tells",
    async (fault, size) => {
      const test = await ordersEngine();
      test.journal.plan(fault);
      const published = test.transport.published.length;
      const [answer, other] = await Promise.all([
        test.propose({ ...ADD, key: "a:1:b:1" }),
        test.propose({ ...ADD, instance: "order/2", key: "a:1:b:2", inputs: {} }),
      ]);
      expect([codeOf(answer), codeOf(other)]).toEqual(["fenced", "fenced"]);
      expect(answer.kind === "refused" && answer.refused.reasons.join()).toContain("not known");
      await expectFenced(test, "failed", "sync failed");
      expect(test.transport.published).toHaveLength(published);
      const again = await test.reopen();
      expect(again.engine.status()).toMatchObject({ condition: "ok", size });
      const retried = await again.propose({ ...ADD, key: "a:1:b:1" });
      expect(retried).toMatchObject({ kind: "accepted", index: 3, replayed: size === 4 });
    },
  );

  it("term: somebody else writes", async () => {
    const test = await ordersEngine();
    const successor = await openTestEngine({ disk: test.disk, clock: test.clock });
    expect(codeOf(await test.propose(ADD))).toBe("fenced");
    await expectFenced(test, "term", "term 1 may not append");
    await successor.mustPropose(ADD);
    expect(test.disk.durable).toBe(4);
  });

  it("corrupt: the record of a key cannot be read any more", async () => {
    const test = await ordersEngine();
    await test.mustPropose({ ...ADD, key: "a:1:b:1" });
    test.disk.written[3] = "{}";
    expect(codeOf(await test.propose({ ...ADD, key: "a:1:b:1" }))).toBe("fenced");
    expect((await test.engine.fenced).message).toContain("record 3");
  });
});

describe("the fence", () => {
  it("answers also those whose question never comes back", async () => {
    const crypto = createTestCrypto({ hasher: nodeHasher });
    let lost = false;
    const test = await openTestEngine({
      crypto: {
        ...crypto,
        verify: (attestations) => (lost ? new Promise(() => {}) : crypto.verify(attestations)),
      },
    });
    mustAccept(await test.engine.act.installChart(orderChart()));
    lost = true;
    const waiting = test.propose(ADD);
    test.journal.plan("failed-lost");
    expect(codeOf(await test.engine.act.installChart(orderChart()))).toBe("fenced");
    expect(codeOf(await waiting)).toBe("fenced");
  });

  it("keeps what is durable readable", async () => {
    const test = await ordersEngine();
    test.journal.plan("failed-lost");
    await test.propose(ADD);
    expect(await test.engine.records(0, 10)).toEqual(test.disk.records);
    expect(test.engine.state.head("order/1")?.document.meta.seq).toBe(1);
    expect(test.engine.checkpoint().size).toBe(3);
  });
});
