import { performance } from "node:perf_hooks";
import { NO_LEAF, valueHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import { decodeRecord } from "../log/decode-record.ts";
import { createTree } from "../log/tree.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { mustAccept, openTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { createTestCrypto } from "../testing/test-crypto.ts";
import { orderChart, testKernel } from "../testing/test-kernel.ts";
import { DueIndex } from "./due-index.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { IdempotencyIndex } from "./idempotency-index.ts";
import { digestOfKey } from "./key-digest.ts";
import { parseProposal, type SignedProposal } from "./parse-proposal.ts";
import type { Crypto } from "./ports.ts";

/** Proposals of one run, and how many are under way at once: what a busy server keeps in its queue. */
const PROPOSALS = 8_000;
const UNDER_WAY = 256;
const ROUNDS = 7;
const NO_DIGEST = new Uint32Array(4);

/** Signatures that hold: what is measured is the engine, not Ed25519 (some 16,000 a second on one core). */
const crypto: Crypto = {
  ...createTestCrypto({ hasher: nodeHasher }),
  verify: async (attestations) => attestations.map(() => true),
};

async function prepare(
  kernel: EngineKernel,
): Promise<{ test: TestEngine; texts: readonly string[] }> {
  const test = await openTestEngine({ crypto, kernel });
  mustAccept(await test.engine.act.installChart(orderChart()));
  const texts = Array.from({ length: PROPOSALS }, (_, n) =>
    canonicalize(
      test.wire({ transition: "Order_Add", instance: `order/o${n}`, inputs: { item: "a pen" } }),
    ),
  );
  return { test, texts };
}

/** ms for all proposals, `UNDER_WAY` at a time. */
async function drive(test: TestEngine, texts: readonly string[]): Promise<number> {
  const start = performance.now();
  for (let at = 0; at < texts.length; at += UNDER_WAY)
    await Promise.all(texts.slice(at, at + UNDER_WAY).map((text) => test.engine.propose(text)));
  const elapsedMs = performance.now() - start;
  if (test.disk.durable !== texts.length + 2) throw new Error("some proposal was refused");
  return elapsedMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

/** µs for one call of each part, in a plain loop over the same work. */
function partsOf(
  texts: readonly string[],
  records: readonly string[],
): ReadonlyMap<string, number> {
  const origin = /"origin":"([^"]*)"/u.exec(texts[0] ?? "")?.[1] ?? "";
  const parsed: SignedProposal[] = [];
  const time = (run: (text: string, at: number) => void): number => {
    const start = performance.now();
    for (const [at, text] of texts.entries()) run(text, at);
    return ((performance.now() - start) * 1_000) / texts.length;
  };
  const keys = new IdempotencyIndex();
  const dues = new DueIndex();
  const tree = createTree(nodeHasher);
  const decoded = records.slice(2).flatMap((text) => {
    const found = decodeRecord(text);
    return found.ok ? [found.record] : [];
  });
  return new Map([
    [
      "parse and edge rules",
      time((text) => {
        const found = parseProposal(text, { hasher: nodeHasher, origin });
        if (found.ok) parsed.push(found.signed);
      }),
    ],
    ["payload hash", time((_, at) => void valueHash(nodeHasher, { ...parsed[at]?.proposal }))],
    ["idempotency: add", time((text) => keys.add(digestOfKey(nodeHasher, text)))],
    [
      "idempotency: find, twice",
      2 * time((text) => void keys.find(digestOfKey(nodeHasher, text) ?? NO_DIGEST)),
    ],
    ["tree", time(() => tree.append(NO_LEAF))],
    ["dues", time((text) => dues.update(text, EMPTY))],
    [
      "answer",
      time((_, at) => {
        const record = decoded[at];
        if (record !== undefined) testKernel.answer(record, NO_LEAF);
      }),
    ],
  ]);
}

/** Medians over several passes: the first ones run on code that is not compiled yet. */
function printParts(texts: readonly string[], records: readonly string[]): void {
  const passes = Array.from({ length: ROUNDS }, () => partsOf(texts, records));
  const names = [...(passes[0]?.keys() ?? [])];
  const rows = names.map(
    (name) => [name, median(passes.map((pass) => pass.get(name) ?? 0))] as const,
  );
  const wholeUs = (median(whole) * 1_000) / texts.length;
  const all = [["reduce", (median(reducing) * 1_000) / texts.length] as const, ...rows];
  const known = all.reduce((sum, [, us]) => sum + us, 0);
  for (const [name, us] of [
    ...all,
    ["the rest: loop, invariants, fold, promises", wholeUs - known] as const,
  ])
    process.stdout.write(
      `  ${name.padEnd(44)}${us.toFixed(2).padStart(8)} µs ${((100 * us) / wholeUs).toFixed(0).padStart(4)} %\n`,
    );
}

const EMPTY = {
  configuration: [],
  context: {},
  effects: [],
  epoch: {},
  history: {},
  hlc_last: "",
  meta: {
    chart: "",
    chart_hash: valueHash(nodeHasher, 0),
    ended: false,
    instance: "",
    origin: "",
    seq: 1,
    version: 1,
  },
  timers: [],
};

const whole: number[] = [];
const reducing: number[] = [];
let last: { test: TestEngine; texts: readonly string[] } | undefined;
for (let round = 0; round < ROUNDS; round += 1) {
  let reduceMs = 0;
  const timed: EngineKernel = {
    ...testKernel,
    reduce: (state, input) => {
      const start = performance.now();
      const verdict = testKernel.reduce(state, input);
      reduceMs += performance.now() - start;
      return verdict;
    },
  };
  const plain = await prepare(testKernel);
  whole.push(await drive(plain.test, plain.texts));
  const watched = await prepare(timed);
  await drive(watched.test, watched.texts);
  reducing.push(reduceMs);
  last = plain;
}
const perSecond = Math.round((PROPOSALS * 1_000) / median(whole));
process.stdout.write(
  `engine: ${perSecond} proposals/s on one core, memory ports, ${UNDER_WAY} under way (median of ${ROUNDS} runs of ${PROPOSALS})\n`,
);
if (last !== undefined) printParts(last.texts, last.test.disk.records);
