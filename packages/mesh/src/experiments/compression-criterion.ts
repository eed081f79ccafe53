import { Grid } from "../automaton/grid.ts";
import { BitsEngine } from "../automaton/bits-engine.ts";
import { CONWAY } from "../automaton/rule.ts";
import { liveState } from "../events/live-state.ts";
import type { GridEvent } from "../events/log-event.ts";
import { createLogReader } from "../events/validate-events.ts";
import { soup } from "../random/soup.ts";
import { readRle } from "../rle/read-rle.ts";
import { writeRle } from "../rle/write-rle.ts";
import { atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { deltaDumps, undoDeltas, type Dump } from "./delta-dumps.ts";
import { record, SIDE } from "./event-rig.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

type Compress = (text: string) => number;

function isCompress(value: unknown): value is Compress {
  return typeof value === "function";
}

const GRID_SIZE = { width: 64, height: 64 };
const TICKS = 300;
const SHARDS = 16;
/** States are compared here, not hashed. */
const NO_HASHER = { sha256: () => new Uint8Array(32) };

/** What is written in the place of the log, and of the dumps. */
type Way = "log" | "deltas" | "log and dumps" | "padded dumps" | "hop left out";

/** Bytes of dumps of the whole state at each tick against those of the log, on a soup and on an idle grid. */
function compression(
  seed: number,
  size: RunContext["size"],
  compress: Compress,
  way: Way,
): readonly ArmSample[] {
  const ticks = size === "small" ? 100 : TICKS;
  return ["soup", "idle"].map((group) => {
    const { dumps, lines, marks, bare } = recordedOnce(seed, ticks, group === "soup");
    const dumped = way === "padded dumps" ? padded(dumps) : bare;
    const told = way === "hop left out" ? withoutHop(lines) : lines;
    const log = told.join("") + (way === "log and dumps" ? bare : "");
    const deltas = way === "deltas" ? deltaDumps(dumps) : [];
    const small = way === "deltas" ? deltas.map((one) => `${JSON.stringify(one)}\n`).join("") : log;
    const wrong =
      way === "deltas"
        ? wrongDumps(dumps, undoDeltas(deltas, GRID_SIZE.width * GRID_SIZE.height))
        : wrongDumps(dumps, replayed(told, marks));
    return {
      group,
      values: {
        raw: dumped.length / small.length,
        packed: compress(dumped) / compress(small),
        wrong,
        padding: dumped.length - bare.length,
      },
    };
  });
}

interface Recorded {
  readonly dumps: readonly Dump[];
  readonly lines: readonly string[];
  /** Lines that led to each dump. */
  readonly marks: readonly number[];
  /** The dumps as text, without a byte that says nothing. */
  readonly bare: string;
}

/** A dump is `[tick, state of the mesh, cells of the automaton]`: values without names, as the lines of the log are. */
function recorded(seed: number, ticks: number, isSoup: boolean): Recorded {
  const engine = new BitsEngine(NO_HASHER);
  engine.load(isSoup ? soup(GRID_SIZE, { seed }) : new Grid(GRID_SIZE), CONWAY);
  const rle = writeRle(engine.read(), CONWAY);
  const grid: GridEvent = { type: "grid", rle, flipsPerMillion: 0, seed };
  const dumps: Dump[] = [];
  const marks: number[] = [];
  const { lines } = record(seed, {
    ticks,
    shards: isSoup ? SHARDS : 0,
    grid,
    watch: (mesh, tick, count) => {
      marks.push(count);
      engine.step(1);
      dumps.push([tick, JSON.parse(liveState(mesh)), [...engine.read().toBytes()]]);
    },
  });
  const bare = dumps.map((dump) => `${JSON.stringify(dump)}\n`).join("");
  return { dumps, lines, marks, bare };
}

const kept = new Map<string, Recorded>();

/** Every arm looks at the same recording of a seed: it is made once. */
function recordedOnce(seed: number, ticks: number, isSoup: boolean): Recorded {
  const name = `${seed} ${ticks} ${isSoup}`;
  const known = kept.get(name) ?? recorded(seed, ticks, isSoup);
  // Two groups a seed, and seeds come one after the other.
  if (kept.size > 1 && !kept.has(name)) kept.clear();
  kept.set(name, known);
  return known;
}

/** The same dumps, made of the log alone. */
function replayed(lines: readonly string[], marks: readonly number[]): readonly Dump[] {
  const reader = createLogReader();
  const engine = new BitsEngine(NO_HASHER);
  let at = 0;
  return marks.map((mark, index): Dump => {
    for (; at < mark; at += 1) reader.add((lines[at] ?? "").slice(0, -1));
    if (index === 0) {
      const read = readRle(reader.state.grid?.rle ?? "");
      if ("pattern" in read) engine.load(read.pattern.cells, read.pattern.rule ?? CONWAY);
    }
    engine.step(1);
    return [index + 1, JSON.parse(reader.state.digest()), [...engine.read().toBytes()]];
  });
}

function wrongDumps(wanted: readonly Dump[], got: readonly Dump[]): number {
  return wanted.filter((dump, index) => JSON.stringify(dump) !== JSON.stringify(got[index])).length;
}

function padded(dumps: readonly Dump[]): string {
  return dumps.map((dump) => `${JSON.stringify(dump, undefined, 4)}\n`).join("");
}

function withoutHop(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => line.includes(',"hop",'));
  return at < 0 ? lines : lines.toSpliced(at, 1);
}

const compressing =
  (way: Way): Experiment["arms"][number]["run"] =>
  (seed, context) => {
    const compress = context.lend("brotli");
    if (!isCompress(compress)) return { ran: false, reason: "no brotli here to compare with" };
    return { ran: true, samples: compression(seed, context.size, compress, way) };
  };

/** How much smaller the log is than the states that it replays to. */
export const COMPRESSION_CRITERION: Experiment = {
  id: "events.compression",
  section: "5.4",
  title: "Compression",
  method:
    "64×64 automaton (a soup, or nothing) and a 5×5 mesh (16 shards, or none): a JSON dump of the whole state at each of 300 ticks, against the event log that replays to the same states. A dump holds counts, dead cells, each shard under way with its payload, target, birth, time to live and hop list, and the automaton's cells, as values without names, as the log's lines are. Both sides are replayed and compared after every tick. Raw bytes, and both through brotli; delta-coded dumps stand beside.",
  workload: {
    gridSide: GRID_SIZE.width,
    side: SIDE,
    ticks: TICKS,
    shards: SHARDS,
    dump: "counts, dead cells, shards with their ways, cells",
  },
  seeds: seedsFrom(12_001, 10),
  arms: [
    { name: "ours", role: "ours", run: compressing("log") },
    { name: "delta-coded dumps instead", role: "control", run: compressing("deltas") },
    {
      name: "log with dumps in it",
      role: "mutant",
      run: compressing("log and dumps"),
      mustFail: ["raw-soup", "raw-idle"],
    },
    {
      name: "dumps with padding",
      role: "mutant",
      run: compressing("padded dumps"),
      mustFail: ["bare"],
    },
    {
      name: "log without a hop",
      role: "mutant",
      run: compressing("hop left out"),
      mustFail: ["replays"],
    },
  ],
  claims: [
    atLeast(
      "raw-soup",
      "seed",
      10,
      "on a soup under load the log is at most a tenth of the dumps",
      {
        statistic: { kind: "mean", metric: "raw" },
        groups: ["soup"],
      },
    ),
    atLeast("raw-idle", "seed", 10, "on an idle grid too", {
      statistic: { kind: "mean", metric: "raw" },
      groups: ["idle"],
    }),
    atMost("replays", "seed", 0, "the log replays to every state that was dumped", {
      statistic: { kind: "worst", metric: "wrong" },
    }),
    atMost("bare", "seed", 0, "no byte of a dump is padding", {
      statistic: { kind: "worst", metric: "padding" },
    }),
    atLeast("packed-soup", "ambitious", 3, "soup: a third after brotli on both", {
      statistic: { kind: "mean", metric: "packed" },
      groups: ["soup"],
    }),
    atLeast("packed-idle", "ambitious", 3, "idle grid: a third after brotli on both", {
      statistic: { kind: "mean", metric: "packed" },
      groups: ["idle"],
    }),
  ],
};
