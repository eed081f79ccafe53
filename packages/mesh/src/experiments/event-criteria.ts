import { createEventWriter } from "../events/event-writer.ts";
import { liveState } from "../events/live-state.ts";
import type { LogEvent } from "../events/log-event.ts";
import { readEvent } from "../events/read-event.ts";
import { createLogReader, validateEvents, type LogReader } from "../events/validate-events.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { createTopology } from "../shards/topology.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { COMPRESSION_CRITERION } from "./compression-criterion.ts";
import { record, SIDE, type Recording } from "./event-rig.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const SHARDS = 16;

/** Replays the log, damaged or not, and compares state, ways and counts with what the mesh and its shards really had. */
function captured(
  seed: number,
  size: RunContext["size"],
  damage: (lines: readonly string[]) => readonly string[],
): readonly ArmSample[] {
  const { lines, mesh, ways, rejected, states } = watchedOnce(seed, size);
  const told = new Map<number, string>();
  const reader = createLogReader((shard, way) => told.set(shard, way));
  const kept = damage(lines);
  let [at, wrongStates, isBad] = [0, 0, false];
  for (const state of states) {
    for (; at < state.lines; at += 1) isBad = addLine(reader, kept[at]) || isBad;
    // After a bad line nothing is read: no later state can be right.
    if (isBad || reader.state.digest() !== state.text) wrongStates += 1;
  }
  for (; at < kept.length; at += 1) addLine(reader, kept[at]);
  const read = reader.finish();
  const wrongWays =
    [...ways].filter(([id, way]) => told.get(id) !== way).length +
    [...told.keys()].filter((id) => !ways.has(id)).length;
  const { injected, delivered, inFlight } = mesh.counts();
  const { counts, live } = read.state;
  const isSame =
    read.problem === undefined &&
    read.isClosed &&
    counts.injected === injected &&
    counts.delivered === delivered &&
    counts.rejected === rejected &&
    live.size === inFlight;
  return [
    {
      values: { same: isSame ? 1 : 0, wrongStates, wrongWays, hops: counts.hops, ways: ways.size },
    },
  ];
}

const TICKS = 2_000;

/** Whether the line, or one before it, is bad. */
function addLine(reader: LogReader, line = ""): boolean {
  return reader.add(line.slice(0, -1)) !== undefined;
}

interface Watched extends Recording {
  readonly states: readonly { readonly text: string; readonly lines: number }[];
}

let watched: { readonly name: string; readonly recording: Watched } | undefined;

/** Every arm damages the same recording of a seed: it is made once. */
function watchedOnce(seed: number, size: RunContext["size"]): Watched {
  const name = `${seed} ${size}`;
  if (watched?.name === name) return watched.recording;
  const states: { readonly text: string; readonly lines: number }[] = [];
  const recording = record(seed, {
    ticks: size === "small" ? 100 : TICKS,
    shards: SHARDS,
    watch: (live, _, count) => states.push({ text: liveState(live), lines: count }),
  });
  watched = { name, recording: { ...recording, states } };
  return watched.recording;
}

const without = (lines: readonly string[]): readonly string[] =>
  lines.toSpliced(lines.length >> 1, 1);
const doubled = (lines: readonly string[]): readonly string[] =>
  lines.toSpliced(lines.length >> 1, 0, lines[lines.length >> 1] ?? "");
const swapped = (lines: readonly string[]): readonly string[] => {
  const at = lines.length >> 1;
  return lines.with(at, lines[at + 1] ?? "").with(at + 1, lines[at] ?? "");
};

/**
 * A log that is in order by all its rules but tells another story: one hop in the middle leads through another cell.
 * Written anew, so that its sums fit.
 */
function elsewhere(lines: readonly string[]): readonly string[] {
  const topology = createTopology({ width: SIDE, height: SIDE });
  const writer = createEventWriter();
  let isTold = false;
  return lines.map((line, index) => {
    const read = readEvent(line.slice(0, -1));
    if (!read.ok) return line;
    const { event, tick } = read;
    const next = readEvent((lines[index + 1] ?? "").slice(0, -1));
    const isLast = next.ok && next.event.type === "deliver";
    if (isTold || index < lines.length >> 1 || event.type !== "hop" || isLast)
      return writer.line(event, tick);
    const detour = topology.neighbours[event.from]?.find((cell) => cell !== event.to);
    isTold = true;
    return writer.line({ ...event, to: detour ?? event.to }, tick);
  });
}

const HOPS: Experiment = {
  id: "events.hops",
  section: "5.4",
  title: "The log captures all hops",
  method:
    "5×5 torus under load of 16 shards, 2 % loss, doubles and deaths. The log is replayed from nothing. After each of the 2,000 ticks the replay's whole state (counts, dead cells, each copy under way with the list of its hops) is compared, as text, with what the cells really hold; at the end the hop list of every delivered shard with the way that the shard itself carried, and the counters.",
  workload: { side: SIDE, ticks: TICKS, shards: SHARDS, compared: "states, ways, counts" },
  seeds: seedsFrom(10_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => captured(seed, size, (lines) => lines)),
    arm("one event missing", "mutant", (seed, { size }) => captured(seed, size, without), [
      "same",
      "states",
    ]),
    arm("one event doubled", "mutant", (seed, { size }) => captured(seed, size, doubled), [
      "same",
      "states",
    ]),
    arm("two events swapped", "mutant", (seed, { size }) => captured(seed, size, swapped), [
      "same",
      "states",
    ]),
    arm("hops through other cells", "mutant", (seed, { size }) => captured(seed, size, elsewhere), [
      "states",
      "ways",
    ]),
  ],
  claims: [
    atLeast("same", "seed", 1, "the log is whole, and its counters are the mesh's", {
      statistic: { kind: "worst", metric: "same" },
    }),
    atMost("states", "seed", 0, "after no tick does the replayed state differ from the mesh's", {
      statistic: { kind: "worst", metric: "wrongStates" },
    }),
    atMost("ways", "seed", 0, "no hop list differs from the way that its shard carried", {
      statistic: { kind: "worst", metric: "wrongWays" },
    }),
  ],
};

const CORRUPTIONS = 20;

/** Damages one line in one of four ways at a place by seed, and asks whether the validator names that very line. */
function corrupted(seed: number, size: RunContext["size"], isBlind: boolean): readonly ArmSample[] {
  const { lines } = record(seed, { ticks: size === "small" ? 40 : 300, shards: 8 });
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
      hops: (index % 8) + 1,
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
export const EVENT_CRITERIA: readonly Experiment[] = [
  HOPS,
  VALIDATION,
  COMPRESSION_CRITERION,
  SPEED,
];
