import type { CompiledChart } from "../chart/compiled-chart.ts";
import { ABSENT_HASH } from "../hash.ts";
import type { Json, JsonObject } from "../json/json.ts";
import type { LogRecord } from "../log/record.ts";
import type { Refused } from "../refusal.ts";
import { SeededRandom } from "../testing/seeded-random.ts";
import { attestations } from "./attestations.ts";
import { reduce } from "./reduce.ts";
import type { EngineAct, ProposalInput, Verdict } from "./state.ts";
import { BEAT, BOX, DESK } from "./test/charts.ts";
import { CLINIC } from "./test/clinic.ts";
import { keyOf, loadChart, Rig, START } from "./test/rig.ts";
import type { Proposed } from "./test/rig.ts";

/** What a run met, so that a test can show that it was not idle. */
export interface FuzzReport {
  readonly accepted: number;
  readonly duplicates: number;
  /** Refusals by code. */
  readonly refused: ReadonlyMap<string, number>;
}

const RUNS_PER_JOURNAL = 400;
const STAFF = ["operator", "staff", "nurse", "clerk", "nobody", "node"];
const WORDS = [
  "",
  "a",
  "ann",
  "__proto__",
  "constructor",
  "toString",
  "é€😀",
  '\u0000\n"\\',
  "box/a",
  "clinic/a#1.0",
];
const NUMBERS = [
  0,
  1,
  -1,
  5,
  77,
  101,
  600,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];
const KEYS = [
  "name",
  "effect",
  "count",
  "memo",
  "box",
  "by",
  "index",
  "pad",
  "constructor",
  "key",
  "role",
  "scope",
  "reason",
  "valueOf",
];

/** Chances of one run; all of them come from one seed. */
class Dice {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  below(bound: number): number {
    return this.#random.below(bound);
  }

  /** True once in `count` times. */
  once(count: number): boolean {
    return this.#random.below(count) === 0;
  }

  pick<T>(items: readonly T[]): T {
    const item = this.#random.pick(items);
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}

/**
 * Throws random inputs that passed the edge at reduce: mostly near what the charts want, each field wrong now and
 * then. Every accepted record is applied, held to K1–K4 and replayed. Whatever throws is a defect; the message of
 * the failure names the seed and the run.
 */
export function fuzzReduce(runs: number, seed: number): FuzzReport {
  const charts = [DESK, BOX, CLINIC, BEAT].map((yaml) => loadChart(yaml));
  const upgraded = loadChart(CLINIC.replace("version: 1", "version: 2"));
  const dice = new Dice(seed);
  const refused = new Map<string, number>();
  let accepted = 0;
  let duplicates = 0;
  let rig = journal(charts, upgraded);
  for (let run = 0; run < runs; run += 1) {
    if (run % RUNS_PER_JOURNAL === 0) rig = journal(charts, upgraded);
    let verdict: Verdict;
    try {
      moveTime(rig, dice);
      verdict = dice.once(5) ? rig.act(randomAct(rig, dice, upgraded)) : propose(rig, dice);
    } catch (cause) {
      throw new Error(`reduce threw in run ${run} of seed ${seed}`, { cause });
    }
    if (verdict.kind === "accepted") accepted += 1;
    else if (verdict.kind === "duplicate") duplicates += 1;
    else refused.set(verdict.code, (refused.get(verdict.code) ?? 0) + 1);
  }
  return { accepted, duplicates, refused };
}

function journal(charts: readonly CompiledChart[], upgraded: CompiledChart): Rig {
  const rig = new Rig(...charts);
  rig.charts.set(upgraded.hash, upgraded);
  const all = ["client", "provider"].map((role) => ({ role, scope: "*" }));
  rig.register("staff", all);
  rig.register("clerk", [{ role: "provider", scope: "desk/*" }]);
  rig.register("nurse", [{ role: "provider", scope: "clinic/*" }]);
  return rig;
}

function moveTime(rig: Rig, dice: Dice): void {
  if (dice.once(4)) rig.at += dice.pick([1, 499, 500, 1000, 60_000]);
  rig.now = dice.once(6) ? Math.max(0, rig.at - dice.pick([1, 5000, 200_000, START])) : undefined;
}

function propose(rig: Rig, dice: Dice): Verdict {
  const input = randomProposal(rig, dice);
  const asked = attestations(rig.kernel, rig.world, input);
  const verdict = dice.once(8) ? [true, false] : asked.map(() => !dice.once(10));
  const decided = reduce(rig.kernel, rig.world, { ...input, verdict });
  assertTold(decided);
  return rig.take(decided);
}

/** A refusal always says something. */
function assertTold(verdict: Verdict): asserts verdict is Exclude<Verdict, Refused> | Refused {
  if (verdict.kind !== "refused") return;
  const isTold = verdict.reasons.length > 0 || verdict.code === "guard_failed";
  if (!isTold) throw new Error(`${verdict.code} without a reason`);
}

function randomProposal(rig: Rig, dice: Dice): ProposalInput {
  const instance = randomInstance(dice);
  const transition = randomTransition(rig, dice, instance);
  const fitting = whoFits(transition);
  const proposed: Proposed = {
    instance,
    transition,
    inputs: randomInputs(rig, dice, instance),
    by: dice.once(4) ? dice.pick(STAFF) : fitting,
    ...(dice.once(20)
      ? { hash: dice.once(2) ? ABSENT_HASH : (`sha256-${"f".repeat(64)}` as const) }
      : {}),
    ...(dice.once(15) ? { hlc: randomHlc(rig, dice, instance) } : {}),
    ...(dice.once(30)
      ? { body: { justification: "j".repeat(2000), evidence: ["ucxl://x"], window_id: "😀" } }
      : {}),
  };
  const old = rig.records.at(-1 - dice.below(20))?.record;
  if (old !== undefined && dice.once(25)) return again(rig, dice, old);
  return rig.input(proposed);
}

/** A delivery of a key that the index knows, the same operation or another. */
function again(rig: Rig, dice: Dice, record: LogRecord): ProposalInput {
  const { instance, transition, idem_key: idemKey, signer } = record.proposal;
  const input = rig.input({
    ...(instance === undefined ? {} : { instance }),
    transition: dice.once(3) ? "Other" : transition,
    inputs: record.inputs ?? {},
    idemKey,
    key: signer,
    seen: rig.seen(record),
  });
  return input;
}

function randomInstance(dice: Dice): string {
  if (dice.once(30))
    return dice.pick(["nope/a", "desk", "", "/", "chart/desk", "journal/main", "__proto__/a"]);
  const chart = dice.pick(["desk", "desk", "box", "clinic", "clinic", "beat", "identity"]);
  const ids = chart === "identity" ? ["staff", "nurse", "operator", "x"] : ["a", "b", "c", "main"];
  return `${chart}/${dice.pick(ids)}`;
}

function randomTransition(rig: Rig, dice: Dice, instance: string): string {
  const chart = rig.world.chart(instance.split("/", 1)[0] ?? "");
  if (chart === undefined || dice.once(30))
    return dice.pick(["Nope", "@timer", "constructor", "Desk_Open"]);
  const head = rig.head(instance);
  const configuration = rig.kernel
    .runtime(chart)
    .interpreter.configurationOf(head?.document.configuration ?? []);
  const likely = [...chart.transitions.values()].filter(
    ({ name, by, creates }) =>
      by.length > 0 &&
      (configuration === undefined
        ? creates
        : rig.kernel.runtime(chart).interpreter.candidatesFor(configuration, name).length > 0),
  );
  if (likely.length > 0 && !dice.once(4)) return dice.pick(likely).name;
  return dice.pick([...chart.transitions.keys()]);
}

function whoFits(transition: string): string {
  if (transition === "Desk_Do") return "clerk";
  if (transition.startsWith("Identity_")) return "operator";
  return transition === "Ward_Cared" || transition === "Ward_Kept" ? "nurse" : "staff";
}

function randomInputs(rig: Rig, dice: Dice, instance: string): JsonObject {
  if (dice.once(12)) return randomObject(dice, 3);
  const chart = instance.split("/", 1)[0];
  if (chart === "desk") {
    const boxes = ["box/a", "box/b", "box/c", instance, "clinic/a", "?"];
    const memo = dice.once(9) ? "x".repeat(dice.pick([8500, 2000])) : dice.pick(WORDS);
    return dice.once(3) ? {} : { box: dice.pick(boxes), count: dice.pick(NUMBERS), memo };
  }
  if (chart === "clinic") {
    const effects = rig.head(instance)?.document.effects.map((effect) => effect.id) ?? [];
    if (dice.once(3)) return { name: dice.pick(WORDS) };
    return dice.once(2) ? {} : { effect: dice.pick([...effects, "x"]) };
  }
  if (chart === "beat") return { index: dice.below(12) };
  if (chart === "identity") {
    const grant = {
      role: dice.pick(["client", "operator"]),
      scope: dice.pick(["*", "clinic/*", "x"]),
    };
    const key = keyOf(dice.pick(["k1", "k2", "staff"]));
    return dice.pick<JsonObject>([
      grant,
      { reason: "r" },
      { key, signature: "s".repeat(86) },
      { key, kind: "human", roles: [grant] },
    ]);
  }
  return {};
}

function randomObject(dice: Dice, depth: number): JsonObject {
  const keys = [
    ...new Set(Array.from({ length: dice.below(4) }, () => dice.pick(KEYS))),
  ].toSorted();
  return Object.fromEntries(keys.map((key) => [key, randomJson(dice, depth)]));
}

function randomJson(dice: Dice, depth: number): Json {
  const kind = dice.below(depth > 0 ? 7 : 5);
  if (kind === 0) return dice.pick(WORDS);
  if (kind === 1) return dice.pick(NUMBERS);
  if (kind === 2) return dice.once(2);
  if (kind === 3) return null;
  if (kind === 4) return dice.once(50) ? "y".repeat(30_000) : "y";
  if (kind === 5) return Array.from({ length: dice.below(4) }, () => randomJson(dice, depth - 1));
  return randomObject(dice, depth - 1);
}

function randomHlc(rig: Rig, dice: Dice, instance: string): string {
  const last = rig.head(instance)?.document.hlc_last ?? "1970-01-01T00:00:00.000+00:00#0";
  return dice.pick([
    last,
    last.replace("#", "#000"),
    "9999-12-31T23:59:59.999+00:00#2147483647",
    "0000-01-01T00:00:00.000+00:00#0",
    "2023-13-01T00:00:00.000+00:00#0",
    `${last.slice(0, 30)}2147483647`,
    "",
  ]);
}

function randomAct(rig: Rig, dice: Dice, upgraded: CompiledChart): EngineAct {
  const instance = randomInstance(dice);
  if (!dice.once(4)) return { act: "@timer", instance };
  const states = { "Ward.BUSY": dice.pick(["Ward.BUSY", "Ward.EMPTY", "X"]) };
  return dice.pick<EngineAct>([
    { act: "@seal", instance },
    { act: "@migrate", instance, to: upgraded, mapping: dice.once(2) ? {} : { states } },
    { act: "@migrate", instance, to: upgraded, mapping: randomObject(dice, 2) },
    { act: "@chart", chart: dice.once(2) ? upgraded : (rig.world.chart("clinic") ?? upgraded) },
    { act: "@genesis", inputs: randomObject(dice, 1) },
  ]);
}
