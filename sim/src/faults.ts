import type { AppendFault, SeededRandom } from "@swoosh/kernel/testing";

/** What may go wrong in a seed. Each seed turns a random half off, so that rare kinds are not masked by common ones. */
export interface Faults {
  readonly appends: readonly AppendFault[];
  readonly crash: boolean;
  readonly fullDisk: boolean;
  readonly drop: boolean;
  readonly duplicate: boolean;
  readonly reorder: boolean;
  readonly clockJumps: boolean;
  readonly skewedClients: boolean;
  readonly damagedSnapshots: boolean;
  readonly zombies: boolean;
}

const APPEND_FAULTS: readonly AppendFault[] = [
  "full",
  "failed-lost",
  "failed-kept",
  "torn",
  "crash-before-sync",
  "crash-after-sync",
  "slow",
];

export function chooseFaults(random: SeededRandom): Faults {
  const on = (): boolean => random.chance(50);
  return {
    appends: APPEND_FAULTS.filter(on),
    crash: on(),
    fullDisk: on(),
    drop: on(),
    duplicate: on(),
    reorder: on(),
    clockJumps: on(),
    skewedClients: on(),
    damagedSnapshots: on(),
    zombies: on(),
  };
}

/** Knobs of the engine, from the smallest that make sense: bounds are where mistakes are. */
export interface Knobs {
  readonly recordsMax: number;
  readonly proposalsMax: number;
  readonly steps: number;
}

export function chooseKnobs(random: SeededRandom): Knobs {
  return {
    recordsMax: 1 + random.below(random.chance(50) ? 3 : 64),
    proposalsMax: 1 + random.below(random.chance(30) ? 3 : 64),
    steps: 60 + random.below(120),
  };
}
