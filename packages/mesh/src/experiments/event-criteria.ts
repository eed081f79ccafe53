import { createEventWriter } from "../events/event-writer.ts";
import type { LogEvent } from "../events/log-event.ts";
import { validateEvents } from "../events/validate-events.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { COMPRESSION_CRITERION } from "./compression-criterion.ts";
import { record, SIDE } from "./event-rig.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

function captured(
  seed: number,
  size: RunContext["size"],
  damage: (lines: readonly string[]) => readonly string[],
): readonly ArmSample[] {
  const { lines, mesh } = record(seed, {
    ticks: size === "small" ? 100 : 2_000,
    shards: 16,
  });
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
