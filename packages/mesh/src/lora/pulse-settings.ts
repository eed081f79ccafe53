import type { FieldLaw } from "./amplitude-field.ts";
import { AMPLITUDE_ONE } from "./limits.ts";
import type { PulseShape } from "./pulse.ts";

/** Diffusion that keeps 0.995 a tick and hardly spreads: a disc stays a disc for some 300 ticks. */
export const PULSE_LAW: FieldLaw = { keepPer65536: 65_208, spreadPer1024: 102, inertiaPer1024: 0 };

/** Half again the amplitude at which every entry acts, wide enough that a ship stays inside for some forty ticks. */
export const PULSE_SHAPE: PulseShape = {
  radius: 12,
  amplitude: Math.floor((3 * AMPLITUDE_ONE) / 2),
};

/** A train renews its pulse as often. */
export const TRAIN_TICKS = 16;
