import type { Experiment } from "./experiment.ts";
import { AUTOMATON_CRITERIA } from "./automaton-criteria.ts";
import { ENERGY_CRITERIA } from "./energy-criteria.ts";
import { GLIDER_CRITERIA } from "./glider-criteria.ts";
import { LATENCY_CRITERIA } from "./latency-criteria.ts";
import { PATTERN_CRITERIA } from "./pattern-criteria.ts";
import { LOAD_CRITERIA } from "./load-criteria.ts";
import { CARRIER_CRITERIA } from "./carrier-criteria.ts";
import { EMBED_CRITERIA } from "./embed-criteria.ts";
import { EVENT_CRITERIA } from "./event-criteria.ts";
import { HINT_CRITERIA } from "./hint-criteria.ts";
import { LORA_CRITERIA } from "./lora-criteria.ts";
import { HELD_OUT } from "./lora-held-out.ts";
import { MEMORY_CRITERIA } from "./memory-criteria.ts";
import { OUTSTANDING_CRITERIA } from "./outstanding-criteria.ts";
import { ROUTING_CRITERIA } from "./routing-criteria.ts";
import { SPEED_CRITERIA } from "./speed-criteria.ts";
import { STABILITY_CRITERIA } from "./stability-criteria.ts";
import { CLEAN_CLONE_CRITERION } from "./clean-clone-criterion.ts";
import { HOUSE_CRITERIA } from "./house-criteria.ts";

/** Every criterion, in the order of the report. Add a list here. */
export const EXPERIMENTS: readonly Experiment[] = [
  ...AUTOMATON_CRITERIA,
  ...GLIDER_CRITERIA,
  ...LATENCY_CRITERIA,
  ...SPEED_CRITERIA,
  ...PATTERN_CRITERIA,
  ...ENERGY_CRITERIA,
  ...ROUTING_CRITERIA,
  ...LOAD_CRITERIA,
  ...HINT_CRITERIA,
  ...CARRIER_CRITERIA,
  ...EVENT_CRITERIA,
  ...EMBED_CRITERIA,
  ...MEMORY_CRITERIA,
  ...LORA_CRITERIA,
  HELD_OUT,
  ...STABILITY_CRITERIA,
  ...HOUSE_CRITERIA,
  ...OUTSTANDING_CRITERIA,
  CLEAN_CLONE_CRITERION,
];

/** The experiment of this id; undefined: there is none. */
export function findExperiment(id: string): Experiment | undefined {
  return EXPERIMENTS.find((experiment) => experiment.id === id);
}
