/** An outer-totalistic rule: bit n of a mask says what n live neighbours do. */
export interface Rule {
  /** Counts (bits 0 to 8) that bring a dead cell to life; bit 0 is never set. */
  readonly birth: number;
  /** Counts that keep a live cell alive. */
  readonly survive: number;
  /** `B3/S23`, digits ascending: the one way to write it. */
  readonly text: string;
}

/** A rule, or what is wrong with its text. */
export type ParsedRule = { readonly rule: Rule } | { readonly problem: string };

/** Conway's Life. */
export const CONWAY: Rule = { birth: 1 << 3, survive: (1 << 2) | (1 << 3), text: "B3/S23" };

const BIRTH_FIRST = /^b(\d*)\/?s(\d*)$/i;
/** The older way: survival first, without letters (`23/3`). */
const SURVIVAL_FIRST = /^(\d*)\/(\d*)$/;

/**
 * Reads `B3/S23` in either case, with or without the slash, and the older `23/3` (survival first). B0 is refused: under it
 * an empty torus comes alive everywhere at once, and nothing here, neither energy nor patterns nor pulses, has a meaning
 * without quiet ground. `text` may also be `life` or `Conway's life`. What cannot be read is a `problem` that says why.
 */
export function parseRule(text: string): ParsedRule {
  const trimmed = text.trim();
  if (/^(conway'?s? ?)?life$/i.test(trimmed)) return { rule: CONWAY };
  const modern = BIRTH_FIRST.exec(trimmed);
  const older = SURVIVAL_FIRST.exec(trimmed);
  const birth = modern?.[1] ?? older?.[2];
  const survive = modern?.[2] ?? older?.[1];
  if (birth === undefined || survive === undefined) return { problem: unreadable(trimmed) };
  const problem = digitsProblem("B", birth) ?? digitsProblem("S", survive);
  if (problem !== undefined) return { problem: `the rule "${trimmed}" ${problem}` };
  return { rule: ruleOf(maskOf(birth), maskOf(survive)) };
}

/** The rule of two masks, bit n for n live neighbours: `birth` brings a dead cell to life, `survive` keeps a live one. */
export function ruleOf(birth: number, survive: number): Rule {
  return { birth, survive, text: `B${digitsOf(birth)}/S${digitsOf(survive)}` };
}

function unreadable(text: string): string {
  if (text.includes(":"))
    return `the rule "${text}" names a bounded grid; leave out what follows the colon: the field here is a torus of the given size`;
  if (/[a-z]/i.test(text.replaceAll(/[bs]/gi, "")))
    return `the rule "${text}" is not outer-totalistic: letters beside B and S (isotropic, hexagonal, named rules) are not supported; write it as B3/S23`;
  return `the rule "${text}" is not of the form B3/S23: B, the counts that give birth, a slash, S, the counts that survive`;
}

function digitsProblem(letter: "B" | "S", digits: string): string | undefined {
  if (digits.includes("9")) return `has ${letter}9, but a cell has 8 neighbours`;
  const twice = [...digits].find((digit, at) => digits.indexOf(digit) !== at);
  if (twice !== undefined) return `names ${letter}${twice} twice`;
  if (letter === "B" && digits.includes("0"))
    return "has B0, under which empty ground comes alive everywhere; rules with B0 are not supported";
  return undefined;
}

function maskOf(digits: string): number {
  return [...digits].reduce((mask, digit) => mask | (1 << Number(digit)), 0);
}

function digitsOf(mask: number): string {
  return [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((count) => (mask >>> count) & 1).join("");
}
