import { assert } from "@swoosh/kernel/values";
import { AdapterRegistry } from "../lora/adapter-registry.ts";
import { adapterText, type Adapter } from "../lora/adapter.ts";
import { fitFamily, type FamilyMember } from "../lora/fit-family.ts";
import { PersistenceJudge } from "../lora/persistence.ts";
import { PULSE_LAW, PULSE_SHAPE, TRAIN_TICKS } from "../lora/pulse-settings.ts";
import { findPatterns } from "../patterns/find-patterns.ts";
import { FIRST_PHASES, PATTERN_CLASSES, type PatternClass } from "../patterns/pattern-class.ts";
import { templateOf } from "../patterns/templates.ts";
import { arm, atLeast, seedsFrom } from "./arm-parts.ts";
import type { Arm, Claim, Experiment, RunContext } from "./experiment.ts";
import {
  hasherOf,
  LORA_SIZE,
  persistenceTicks,
  shuffledRows,
  TICKS_MAX,
  TRAIN,
  type Protection,
} from "./lora-rig.ts";

/** Flips of a cell and tick in a million. */
const NOISES = [1_000, 2_000, 5_000] as const;

/** Too few known ships for a family: one more to fit to. Nobody pulses it, because the detector does not know it. */
const MWSS: FamilyMember = {
  rows: [".OOOOO", "O....O", ".....O", "O...O.", "..O..."],
  period: 4,
};

interface Family {
  readonly classes: readonly PatternClass[];
  /** Fitted to as well. */
  readonly unnamed: readonly FamilyMember[];
}

const STILL_LIFES: Family = { classes: ["block", "beehive", "loaf", "boat", "tub"], unnamed: [] };
const OSCILLATORS: Family = { classes: ["blinker", "toad", "beacon"], unnamed: [] };
const SHIPS: Family = { classes: ["glider", "lwss"], unnamed: [MWSS] };
const FAMILIES = [STILL_LIFES, OSCILLATORS, SHIPS] as const;

function familyOf(className: PatternClass): Family {
  const family = FAMILIES.find(({ classes }) => classes.includes(className));
  assert(family !== undefined, "every class is of one family");
  return family;
}

/** What the held-out row of `className` is fitted to: its family without it. */
export function othersOf(className: PatternClass): readonly FamilyMember[] {
  const { classes, unnamed } = familyOf(className);
  return [
    ...classes.filter((one) => one !== className).map((one) => FIRST_PHASES[one]),
    ...unnamed,
  ];
}

/** One row in the name of a class that it was fitted to, or may have been. */
function adapterFor(className: PatternClass, row: Int8Array): Adapter {
  // The flips are those of the decoder's model; there are no episodes, and so no seeds.
  const fit = { flipsPerMillion: 5_000, firstSeed: 0, episodes: 0, chosenRound: 0 };
  return { className, rows: [row], fit };
}

const fitted = new Map<string, Int8Array>();

/** Milliseconds each, but more than a program that only lists experiments should spend. */
function rowOf(name: string, members: () => readonly FamilyMember[]): Int8Array {
  const row = fitted.get(name) ?? fitFamily(members());
  fitted.set(name, row);
  return row;
}

/** The row of the family of `className`, fitted without it; an entry for each neighbourhood. */
export function heldOutRow(className: PatternClass): Int8Array {
  return rowOf(`without ${className}`, () => othersOf(className));
}

function familyRow({ classes, unnamed }: Family): Int8Array {
  return rowOf(`with ${classes.join()}`, () => [
    ...classes.map((one) => FIRST_PHASES[one]),
    ...unnamed,
  ]);
}

function acting(row: Int8Array): Protection {
  return { kind: "rows", rows: { rowAt: () => row } };
}

function nextFamily(className: PatternClass): Family {
  const at = FAMILIES.findIndex(({ classes }) => classes.includes(className));
  return FAMILIES[(at + 1) % FAMILIES.length] ?? STILL_LIFES;
}

/** What comes of the held-out row where it is offered as it must be: to the registry, for the pattern that was detected. */
function offered(className: PatternClass, context: RunContext): Protection {
  const template = templateOf(className, 0, 0);
  assert(template !== undefined, "a template for each class");
  const [found] = findPatterns(new PersistenceJudge(LORA_SIZE, template).start());
  assert(found !== undefined, "a pattern alone is found");
  const registry = new AdapterRegistry(hasherOf(context));
  const row = heldOutRow(className);
  const isTaken = familyOf(className)
    .classes.filter((one) => one !== className)
    .map((one) => registry.register(adapterFor(one, row)))
    .some((id) => "adapter" in registry.choose(id, found.template.className));
  return isTaken ? acting(row) : { kind: "none" };
}

const groupOf = (className: PatternClass, flipsPerMillion: number): string =>
  `${className}, ${flipsPerMillion} flips in a million`;

function heldOutArm(
  name: string,
  role: Arm["role"],
  protection: (className: PatternClass, seed: number, context: RunContext) => Protection,
  mustFail?: readonly string[],
): Arm {
  return arm(
    name,
    role,
    (seed, context) =>
      (context.size === "full" ? NOISES : [2_000]).flatMap((flipsPerMillion) =>
        PATTERN_CLASSES.map((className) => {
          const about = { seed, className, flipsPerMillion };
          const run = { ...about, protection: protection(className, seed, context) };
          const ticks = persistenceTicks(run, hasherOf(context));
          return { group: groupOf(className, flipsPerMillion), values: { ticks } };
        }),
      ),
    mustFail,
  );
}

const RATIO = { kind: "ratio", metric: "ticks", baseline: "none" } as const;
const WORST = { kind: "worst-ratio", metric: "ticks", baseline: "none" } as const;

const STILL_CLAIMS: readonly Claim[] = NOISES.map((noise) =>
  atLeast(
    `still-lifes-${noise}`,
    "ambitious",
    2,
    `still lifes: twice as long under the others' row, at ${noise} flips in a million`,
    { statistic: RATIO, groups: STILL_LIFES.classes.map((one) => groupOf(one, noise)) },
  ),
);
/** Pattern by pattern, so that the good ones do not hide those that are harmed. */
const CLASS_CLAIMS: readonly Claim[] = PATTERN_CLASSES.map((className) =>
  atLeast(
    `${className}-30`,
    "ambitious",
    13 / 10,
    `${className}: at least 30 % longer under the others' row, at 2000 flips in a million`,
    { statistic: RATIO, groups: [groupOf(className, 2_000)] },
  ),
);
const STILL_IDS = STILL_CLAIMS.map(({ id }) => id);

/** Whether a row helps a pattern that it was not fitted to. It does for still lifes; the rest is told as it falls. */
export const HELD_OUT: Experiment = {
  id: "lora.held-out",
  section: "6.2",
  title: "Patterns that a row was not fitted to",
  method:
    "Leave one out: for each of the ten patterns one row, fitted to the undisturbed orbits of the other patterns of its family (still lifes; oscillators; ships, with the middle-weight spaceship to fit to as well) in every phase and turn, by the decoder's model alone: no episode is played, so no stream is drawn from. The row then acts under a train of pulses as in lora.persistence: same torus, flips, judge and discs, but seeds of its own. The registry would not allow it: the first arms go past its check. Beside them: the row of the whole family, the pattern among them (what leaving it out costs); the pattern's own registered adapter; and the row as it must be offered, to the registry in the name of each pattern that it was fitted to, for the pattern that was detected. Where the claims by pattern fail, a row does not carry over from its family, and that check is what keeps it from doing harm.",
  get workload() {
    return {
      // The rows themselves: the hash that is agreed before the run is over them.
      rows: PATTERN_CLASSES.map(
        (one) => `${one}: ${adapterText(adapterFor(one, heldOutRow(one)))}`,
      ),
      amplitudePer65536: PULSE_SHAPE.amplitude,
      radius: PULSE_SHAPE.radius,
      keepPer65536: PULSE_LAW.keepPer65536,
      spreadPer1024: PULSE_LAW.spreadPer1024,
      trainTicks: TRAIN_TICKS,
      ticksMax: TICKS_MAX,
      side: LORA_SIZE.width,
      noises: [...NOISES],
    };
  },
  seeds: seedsFrom(45_001, 200),
  arms: [
    heldOutArm("none", "baseline", () => ({ kind: "none" })),
    heldOutArm("held out", "ours", (className) => acting(heldOutRow(className))),
    heldOutArm("offered to the registry", "ours", (className, _, context) =>
      offered(className, context),
    ),
    heldOutArm("itself among them", "control", (className) =>
      acting(familyRow(familyOf(className))),
    ),
    heldOutArm("its own adapter", "oracle", () => TRAIN),
    heldOutArm(
      "mutant shuffled entries",
      "mutant",
      (className, seed) => ({
        kind: "rows",
        rows: shuffledRows(adapterFor(className, heldOutRow(className)), seed),
      }),
      [...STILL_IDS, "none-worse"],
    ),
    heldOutArm(
      "mutant another family's row, unchecked",
      "mutant",
      (className) => acting(familyRow(nextFamily(className))),
      [...STILL_IDS, "none-worse", "refused"],
    ),
  ],
  claims: [
    atLeast("refused", "seed", 1, "offered to the registry, such a row harms no pattern", {
      statistic: WORST,
      arm: "offered to the registry",
    }),
    ...STILL_CLAIMS,
    ...CLASS_CLAIMS,
    atLeast("none-worse", "ambitious", 1, "past its check, it harms none at any noise either", {
      statistic: WORST,
    }),
  ],
};
