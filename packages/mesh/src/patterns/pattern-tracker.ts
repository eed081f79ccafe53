import type { FoundPattern } from "./find-patterns.ts";

/** A pattern with a name that lasts as long as it is seen. */
export interface TrackedPattern {
  readonly id: number;
  readonly found: FoundPattern;
  readonly sinceTick: number;
  readonly seenTick: number;
}

/** Ticks that a pattern may be out of sight (a flipped cell) before its name ends. */
const UNSEEN_TICKS_MAX = 8;
/** Half cells that a middle may be off in one tick: no ship here goes faster than half a cell a tick. */
const STEP_HALVES = 3;

/**
 * Gives patterns names over time: one that is seen near where one of its class and heading was is the same. Owns the list of
 * names; knows nothing of the grid but what the detector found.
 */
export class PatternTracker {
  readonly #size: { readonly width: number; readonly height: number };
  #tracked: readonly TrackedPattern[] = [];
  #nextId = 1;

  /** Nothing has a name yet; `size` is that of the torus, in cells. */
  constructor(size: { readonly width: number; readonly height: number }) {
    this.#size = size;
  }

  /** What the detector found at this tick; ticks may be left out, up to `UNSEEN_TICKS_MAX`. Gives what is in sight. */
  see(found: readonly FoundPattern[], tick: number): readonly TrackedPattern[] {
    const isRecent = ({ seenTick }: TrackedPattern): boolean => tick - seenTick <= UNSEEN_TICKS_MAX;
    const free = new Set(this.#tracked.filter(isRecent));
    const now = found.map((pattern): TrackedPattern => {
      const before = this.#before(pattern, free, tick);
      if (before === undefined) {
        this.#nextId += 1;
        return { id: this.#nextId - 1, found: pattern, sinceTick: tick, seenTick: tick };
      }
      free.delete(before);
      return { ...before, found: pattern, seenTick: tick };
    });
    this.#tracked = [...now, ...free];
    return now;
  }

  #before(
    pattern: FoundPattern,
    free: ReadonlySet<TrackedPattern>,
    tick: number,
  ): TrackedPattern | undefined {
    let best: TrackedPattern | undefined;
    let bestHalves = Number.POSITIVE_INFINITY;
    for (const one of free) {
      const { template } = one.found;
      if (template.className !== pattern.template.className) continue;
      if (template.heading !== pattern.template.heading) continue;
      const halves = this.#halvesBetween(one.found, pattern);
      if (halves > STEP_HALVES * (tick - one.seenTick) || halves >= bestHalves) continue;
      [best, bestHalves] = [one, halves];
    }
    return best;
  }

  /** The larger of the distances in x and y, round the torus, in half cells. */
  #halvesBetween(left: FoundPattern, right: FoundPattern): number {
    const { width, height } = this.#size;
    const apart = (difference: number, length: number): number => {
      const one = Math.abs(difference) % length;
      return Math.min(one, length - one);
    };
    return Math.max(
      apart(left.middleX2 - right.middleX2, 2 * width),
      apart(left.middleY2 - right.middleY2, 2 * height),
    );
  }
}
