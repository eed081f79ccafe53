import { createLoadDriver } from "../load/drive-load.ts";
import { createEventWriter } from "../events/event-writer.ts";
import { LOG_SCHEMA, type LogEvent } from "../events/log-event.ts";
import { validateEvents } from "../events/validate-events.ts";
import { Grid } from "../automaton/grid.ts";
import { NaiveEngine } from "../automaton/naive-engine.ts";
import { CONWAY } from "../automaton/rule.ts";
import { soup } from "../random/soup.ts";
import { writeRle } from "../rle/write-rle.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology } from "../shards/topology.ts";
import { createWire } from "../shards/wire.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const SIDE = 5;

interface Recording {
  readonly lines: readonly string[];
  readonly mesh: ShardMesh;
}

/** A mesh under load, loss and deaths, with its whole log; `dump` sees it after each tick. */
function record(
  seed: number,
  ticks: number,
  shards: number,
  dump?: (mesh: ShardMesh, tick: number) => void,
): Recording {
  const topology = createTopology({ width: SIDE, height: SIDE });
  const summaries = gossipedSummaries(topology, { seed, rounds: 2 });
  const writer = createEventWriter();
  const lines = [
    writer.line(
      { type: "begin", schema: LOG_SCHEMA, width: SIDE, height: SIDE, wraps: 1, reach: 8, seed },
      0,
    ),
  ];
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    sendsPerTick: 8,
    wire: createWire(
      { lossPerMillion: 20_000, duplicatePerMillion: 10_000, delayTicksMax: 1 },
      seedOf(seed, 1),
    ),
    onEvent: (event, tick) => lines.push(writer.line(event, tick)),
  });
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: seedOf(seed, 2),
    shape: { kind: "closed", shards },
  });
  const draws = createDraws(seedOf(seed, 3));
  for (let tick = 1; tick <= ticks; tick += 1) {
    driver.tick();
    if (tick % 40 === 0) mesh.kill(draws.below(topology.cells));
    if (tick % 40 === 20) for (let cell = 0; cell < topology.cells; cell += 1) mesh.heal(cell);
    dump?.(mesh, tick);
  }
  const { injected, delivered, inFlight } = mesh.counts();
  lines.push(writer.line({ type: "close", injected, delivered, inFlight }, mesh.tickNumber));
  return { lines, mesh };
}

function captured(
  seed: number,
  size: RunContext["size"],
  damage: (lines: readonly string[]) => readonly string[],
): readonly ArmSample[] {
  const { lines, mesh } = record(seed, size === "small" ? 100 : 2_000, 16);
  const read = validateEvents(damage(lines).join(""));
  const counts = mesh.counts();
  const { expired, dropped } = counts;
  const ended = expired + dropped.unreachable + dropped["cell-died"];
  const same =
    read.state.counts.injected === counts.injected &&
    read.state.counts.delivered === counts.delivered &&
    read.state.counts.ended === ended &&
    read.state.live.size === counts.inFlight;
  return [
    {
      values: {
        same: read.problem === undefined && read.isClosed && same ? 1 : 0,
        hops: read.state.counts.hops,
      },
    },
  ];
}

const without = (lines: readonly string[]): readonly string[] =>
  lines.toSpliced(lines.length >> 1, 1);
const doubled = (lines: readonly string[]): readonly string[] =>
  lines.toSpliced(lines.length >> 1, 0, lines[lines.length >> 1] ?? "");
const swapped = (lines: readonly string[]): readonly string[] => {
  const at = lines.length >> 1;
  return lines.with(at, lines[at + 1] ?? "").with(at + 1, lines[at] ?? "");
};

const HOPS: Experiment = {
  id: "events.hops",
  section: "5.4",
  title: "The log captures all hops",
  method:
    "5×5 torus under load of 16 shards, 2 % loss, doubles and deaths. The log is replayed from nothing; counts and shards under way equal the live mesh's.",
  workload: { side: SIDE, ticks: 2_000, shards: 16 },
  seeds: seedsFrom(10_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => captured(seed, size, (lines) => lines)),
    arm("one event missing", "mutant", (seed, { size }) => captured(seed, size, without), ["same"]),
    arm("one event doubled", "mutant", (seed, { size }) => captured(seed, size, doubled), ["same"]),
    arm("two events swapped", "mutant", (seed, { size }) => captured(seed, size, swapped), [
      "same",
    ]),
  ],
  claims: [
    atLeast("same", "seed", 1, "a replay gives the state that the mesh had", {
      statistic: { kind: "worst", metric: "same" },
    }),
  ],
};

const CORRUPTIONS = 20;

/** Damages one line in one of four ways at a place by seed, and asks whether the validator names that very line. */
function corrupted(seed: number, size: RunContext["size"], isBlind: boolean): readonly ArmSample[] {
  const { lines } = record(seed, size === "small" ? 40 : 300, 8);
  const draws = createDraws(seedOf(seed, 4));
  let [named, prefixes] = [0, 0];
  for (let trial = 0; trial < CORRUPTIONS; trial += 1) {
    const at = draws.below(lines.length - 1);
    const line = lines[at] ?? "";
    const spot = draws.below(line.length - 1);
    const letter = String.fromCharCode(line.charCodeAt(spot) ^ 1);
    const kept =
      [
        lines.with(at, line.slice(0, spot) + letter + line.slice(spot + 1)),
        lines.toSpliced(at, 1),
        lines.toSpliced(at, 0, line),
        lines.with(at, lines[at + 1] ?? "").with(at + 1, line),
      ][trial % 4] ?? [];
    const expected = trial % 4 === 2 ? at + 2 : at + 1;
    const read = validateEvents(kept.join(""));
    // A validator that parses each line and nothing else.
    const found = isBlind ? kept.findIndex((one) => !isJson(one)) + 1 : read.problem?.line;
    if (found === expected) named += 1;
    const text = lines.join("").slice(0, draws.below(lines.join("").length));
    const crash = validateEvents(text);
    if (crash.length === text.lastIndexOf("\n") + 1 && !crash.isClosed) prefixes += 1;
  }
  const alarms = validateEvents(lines.join("")).problem === undefined ? 0 : 1;
  return [{ values: { named, trials: CORRUPTIONS, prefixes, alarms } }];
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

const VALIDATION: Experiment = {
  id: "events.validation",
  section: "5.4",
  title: "Log validation",
  method:
    "Logs with one line changed by a bit, cut out, doubled or swapped with the next (20 for each seed), and logs cut off at any byte. The validator must name the very line, and keep the valid prefix.",
  workload: { side: SIDE, ticks: 300, corruptions: CORRUPTIONS },
  seeds: seedsFrom(11_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => corrupted(seed, size, false)),
    arm("parses JSON only", "mutant", (seed, { size }) => corrupted(seed, size, true), ["named"]),
  ],
  claims: [
    atLeast("named", "seed", CORRUPTIONS, "every corruption is named by its line", {
      statistic: { kind: "worst", metric: "named" },
    }),
    atMost("alarms", "seed", 0, "no false alarm", {
      statistic: { kind: "worst", metric: "alarms" },
    }),
    atLeast("prefixes", "seed", CORRUPTIONS, "a crash at any byte leaves a valid prefix", {
      statistic: { kind: "worst", metric: "prefixes" },
    }),
  ],
};

type Compress = (text: string) => number;

function isCompress(value: unknown): value is Compress {
  return typeof value === "function";
}

const GRID_SIDE = 64;
/** States are dumped here, not hashed. */
const NO_HASHER = { sha256: () => new Uint8Array(32) };

/** Bytes of dumps of the whole state at each tick against those of the log, on a soup and on an idle grid. */
function compression(
  seed: number,
  size: RunContext["size"],
  compress: Compress,
  isPadded: boolean,
): readonly ArmSample[] {
  const ticks = size === "small" ? 30 : 300;
  return ["soup", "idle"].map((group) => {
    const gridSize = { width: GRID_SIDE, height: GRID_SIDE };
    const engine = new NaiveEngine(NO_HASHER);
    engine.load(group === "soup" ? soup(gridSize, { seed }) : new Grid(gridSize), CONWAY);
    const writer = createEventWriter();
    const start = writer.line(
      { type: "grid", rle: writeRle(engine.read(), CONWAY), flipsPerMillion: 0, seed },
      0,
    );
    const dumps: string[] = [];
    const { lines } = record(seed, ticks, group === "soup" ? 16 : 0, (mesh, tick) => {
      engine.step(1);
      const cells = [...engine.read().toBytes()];
      const queues = Array.from({ length: SIDE * SIDE }, (_, cell) => mesh.queueLength(cell));
      dumps.push(`${JSON.stringify({ tick, counts: mesh.counts(), queues, cells })}\n`);
    });
    const log = start + lines.join("") + (isPadded ? dumps.join("") : "");
    const dump = dumps.join("");
    return {
      group,
      values: { raw: dump.length / log.length, packed: compress(dump) / compress(log) },
    };
  });
}

const compressing =
  (isPadded: boolean): Experiment["arms"][number]["run"] =>
  (seed, context) => {
    const compress = context.lend("brotli");
    if (!isCompress(compress)) return { ran: false, reason: "no brotli here to compare with" };
    return { ran: true, samples: compression(seed, context.size, compress, isPadded) };
  };

const COMPRESSION: Experiment = {
  id: "events.compression",
  section: "5.4",
  title: "Compression",
  method:
    "64×64 automaton (a soup, or nothing) and a 5×5 mesh (16 shards, or none): a JSON dump of the whole state at each of 300 ticks, against the event log that replays to the same states. Raw bytes, and both through brotli.",
  workload: { gridSide: GRID_SIDE, side: SIDE, ticks: 300, shards: 16 },
  seeds: seedsFrom(12_001, 10),
  arms: [
    { name: "ours", role: "ours", run: compressing(false) },
    { name: "log with dumps in it", role: "mutant", run: compressing(true), mustFail: ["raw"] },
  ],
  claims: [
    atLeast("raw", "seed", 10, "the log is at most a tenth of the dumps", {
      statistic: { kind: "mean", metric: "raw" },
    }),
    atLeast("packed", "ambitious", 3, "and a third after brotli on both", {
      statistic: { kind: "worst", metric: "packed" },
    }),
  ],
};

const WRITTEN = 200_000;

function speed(
  size: RunContext["size"],
  nowMs: () => number,
  isSlow: boolean,
): readonly ArmSample[] {
  const writer = createEventWriter();
  const count = size === "small" ? 5_000 : WRITTEN;
  const startedMs = nowMs();
  let bytes = 0;
  for (let index = 0; index < count; index += 1) {
    const event: LogEvent = {
      type: "hop",
      shard: index,
      from: index % 25,
      to: (index + 1) % 25,
      reason: "greedy",
    };
    bytes += writer.line(event, index >> 3).length;
    // A writer that checks its own work by parsing it back, line by line, a few times over.
    if (isSlow) for (let again = 0; again < 30; again += 1) bytes += JSON.stringify(event).length;
  }
  return [
    { values: { perSecond: (count * 1_000) / Math.max(1 / 1_000, nowMs() - startedMs), bytes } },
  ];
}

const SPEED: Experiment = {
  id: "events.speed",
  section: "5.4",
  title: "Events a second",
  isTimed: true,
  method: "200,000 hop events to lines, with their sums; writing to disk is the host's.",
  workload: { events: WRITTEN },
  seeds: seedsFrom(13_001, 10),
  arms: [
    arm("ours", "ours", (_, { size, nowMs }) => speed(size, nowMs, false)),
    arm("serialises thirty times", "mutant", (_, { size, nowMs }) => speed(size, nowMs, true), [
      "fast",
    ]),
  ],
  claims: [
    atLeast("fast", "seed", 200_000, "at least 200,000 events a second", {
      statistic: { kind: "mean", metric: "perSecond" },
      unit: "events/s",
    }),
  ],
};

/** Criteria of the event log: whole, checkable, small, quick. */
export const EVENT_CRITERIA: readonly Experiment[] = [HOPS, VALIDATION, COMPRESSION, SPEED];
