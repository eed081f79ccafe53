import { SINE_STEPS, sinePermille } from "./sine-permille.ts";

/** A tidal schedule: pressure by beat, and from which pressure on a class is open. All integers. */
export interface Tide {
  readonly period_beats: number;
  readonly phase_beats: number;
  readonly amplitude_permille: number;
  readonly classes: { readonly [name: string]: { readonly open_above: number } };
}

/**
 * Pressure at a beat, 0 … 1000: 500 and half the amplitude's sine, in steps of a 64th of the period. Without amplitude
 * it is 500 for ever.
 */
export function pressureAt(tide: Tide, beat: number): number {
  const place = (beat + tide.phase_beats) % tide.period_beats;
  const step =
    (place * SINE_STEPS - ((place * SINE_STEPS) % tide.period_beats)) / tide.period_beats;
  const swing = sinePermille(step) * tide.amplitude_permille;
  return 500 + (swing - (swing % 2_000)) / 2_000;
}

/** Does the tide let this class pass at this beat? A class that it does not name always may. */
export function isAfloat(tide: Tide, name: string, beat: number): boolean {
  const bound = Object.hasOwn(tide.classes, name) ? tide.classes[name] : undefined;
  return bound === undefined || pressureAt(tide, beat) >= bound.open_above;
}

/** First beat from `beat` on at which the class is afloat; undefined where the tide never rises so high. */
export function nextAfloat(tide: Tide, name: string, beat: number): number | undefined {
  for (let ahead = 0; ahead <= tide.period_beats; ahead += 1)
    if (isAfloat(tide, name, beat + ahead)) return beat + ahead;
  return undefined;
}
