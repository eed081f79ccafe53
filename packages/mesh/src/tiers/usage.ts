/** How often something was asked for, fading: what promotion and eviction go by. */
export interface Usage {
  readonly score: number;
  readonly tick: number;
}

/** Of what was never asked for. */
export const NO_USAGE: Usage = { score: 0, tick: 0 };

/** Ticks in which a score halves: what was asked ten times long ago yields to what is asked now. */
const HALF_LIFE_TICKS = 2_000;

/** The score of `usage` at `tick`, by linear steps between halvings: integers and one division, the same on every engine. */
export function scoreAt(usage: Usage, tick: number): number {
  const age = Math.max(0, tick - usage.tick);
  const halvings = Math.floor(age / HALF_LIFE_TICKS);
  if (halvings > 50) return 0;
  const rest = (age % HALF_LIFE_TICKS) / HALF_LIFE_TICKS;
  let score = usage.score * (1 - rest / 2);
  for (let halving = 0; halving < halvings; halving += 1) score /= 2;
  return score;
}

/** The usage after one more question at this tick. */
export function usedAt(usage: Usage, tick: number): Usage {
  return { score: scoreAt(usage, tick) + 1, tick };
}

/**
 * Names of the `count` of `items` that are worth keeping at `tick`: the highest scores; between equals the later used, then
 * by name.
 */
export function mostUsed(
  items: ReadonlyMap<string, Usage>,
  tick: number,
  count: number,
): readonly string[] {
  return [...items]
    .map(([name, usage]) => ({ name, score: scoreAt(usage, tick), tick: usage.tick }))
    .sort((a, b) => b.score - a.score || b.tick - a.tick || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}
