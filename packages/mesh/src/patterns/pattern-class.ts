/** The patterns that are known by name: still lifes, oscillators, ships. */
export const PATTERN_CLASSES = [
  "block",
  "beehive",
  "loaf",
  "boat",
  "tub",
  "blinker",
  "toad",
  "beacon",
  "glider",
  "lwss",
] as const;
/** One of `PATTERN_CLASSES`. */
export type PatternClass = (typeof PATTERN_CLASSES)[number];

/** Which way a ship goes; y grows to the south. */
export type PatternHeading = "N" | "NE" | "E" | "SE" | "S" | "SW" | "W" | "NW";

/** One phase of each, in one orientation: what all others are turned and run from. Rows top to bottom, `O` alive. */
export const FIRST_PHASES: Readonly<
  Record<PatternClass, { readonly rows: readonly string[]; readonly period: number }>
> = {
  block: { rows: ["OO", "OO"], period: 1 },
  beehive: { rows: [".OO.", "O..O", ".OO."], period: 1 },
  loaf: { rows: [".OO.", "O..O", ".O.O", "..O."], period: 1 },
  boat: { rows: ["OO.", "O.O", ".O."], period: 1 },
  tub: { rows: [".O.", "O.O", ".O."], period: 1 },
  blinker: { rows: ["OOO"], period: 2 },
  toad: { rows: [".OOO", "OOO."], period: 2 },
  beacon: { rows: ["OO..", "OO..", "..OO", "..OO"], period: 2 },
  glider: { rows: [".O.", "..O", "OOO"], period: 4 },
  lwss: { rows: [".OOOO", "O...O", "....O", "O..O."], period: 4 },
};
