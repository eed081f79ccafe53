import type { SeededRandom } from "@swoosh/kernel/testing";
import type { PlannedFault } from "./world/process-disk.ts";

/**
 * Kinds of bad luck. Each seed turns a random half off, so that rare kinds are not masked by common ones. New ones come last:
 * what a seed draws for the others stays as it is.
 */
export const FAULT_KINDS = [
  "answers lost",
  "clock drifts",
  "clock jumps",
  "clock jumps by years",
  "clock stands",
  "disk fails",
  "disk full",
  "disk is slow",
  "files damaged",
  "files old",
  "hostile clients",
  "kills",
  "kills at calls",
  "messages doubled",
  "messages dropped",
  "messages reordered",
  "power lost",
  "skewed clients",
  "zombies",
  "followers die",
  "links cut",
  "links lie",
  "links lossy",
  "links slow",
  "logs forked",
  "disks wiped",
  "files misplaced",
  "long pauses",
  "readers slow",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];
export type Faults = ReadonlySet<FaultKind>;

export function chooseFaults(random: SeededRandom): Faults {
  return new Set(FAULT_KINDS.filter(() => random.chance(50)));
}

/** Calls at which a process may be killed, fail, or find no room: each with what makes sense there. */
const CALL_FAULTS: readonly Omit<PlannedFault, "after">[] = [
  { call: "flush", fault: "kill" },
  { call: "link", fault: "kill" },
  { call: "open", fault: "kill" },
  { call: "remove", fault: "kill" },
  { call: "rename", fault: "kill" },
  { call: "sync", fault: "kill" },
  { call: "sync", fault: "kill" },
  { call: "syncFolder", fault: "kill" },
  { call: "write", fault: "kill" },
  { call: "write", fault: "kill" },
];
const DISK_FAULTS: readonly Omit<PlannedFault, "after">[] = [
  { call: "flush", fault: "EIO" },
  { call: "read", fault: "EIO" },
  { call: "read", fault: "short" },
  { call: "rename", fault: "EIO" },
  { call: "sync", fault: "EIO" },
  { call: "sync", fault: "EIO" },
  { call: "syncFolder", fault: "EIO" },
  { call: "write", fault: "EIO" },
  { call: "write", fault: "ENOSPC" },
  { call: "write", fault: "short" },
];
/** Calls of its kind that may pass before a fault. */
const AFTER_MAX = 6;

export function chooseCallFault(random: SeededRandom, kind: "dies" | "fails"): PlannedFault {
  const faults = kind === "dies" ? CALL_FAULTS : DISK_FAULTS;
  const fault = random.pick(faults) ?? { call: "write", fault: "kill" };
  return { ...fault, after: random.below(AFTER_MAX) };
}

/** Knobs of engine and journal, from the smallest that make sense: bounds are where mistakes are. */
export interface Knobs {
  readonly recordsMax: number;
  readonly proposalsMax: number;
  readonly segmentBytes: number;
  readonly steps: number;
  /** Turns of the event loop that a step may take. */
  readonly turns: number;
}

export function chooseKnobs(random: SeededRandom): Knobs {
  return {
    recordsMax: 1 + random.below(random.chance(50) ? 3 : 64),
    proposalsMax: 1 + random.below(random.chance(30) ? 3 : 64),
    segmentBytes: 4_096 * (1 + random.below(random.chance(50) ? 2 : 8)),
    steps: 40 + random.below(100),
    turns: 1 + random.below(3),
  };
}
