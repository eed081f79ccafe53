import { assert } from "../invariant.ts";

/** Who waits where. Engine records and operators have room of their own, which others can never take (kernel design §5). */
export type Lane = "engine" | "operators" | "proposals";

/** In the order in which a turn takes them. */
const LANES: readonly Lane[] = ["engine", "operators", "proposals"];

export type LaneBounds = { readonly [lane in Lane]: number };

/**
 * The engine's bounded queues. A place is taken at admission and given back with the answer, so the bound holds for
 * everything that is under way: being verified, waiting, or in a turn. Every operation costs the same however full it is.
 */
export class Lanes<T extends { readonly lane: Lane }> {
  readonly #bounds: LaneBounds;
  readonly #taken: Record<Lane, number> = { engine: 0, operators: 0, proposals: 0 };
  readonly #waiting: Record<Lane, T[]> = { engine: [], operators: [], proposals: [] };

  constructor(bounds: LaneBounds) {
    this.#bounds = bounds;
  }

  /** Takes a place; false where there is none. */
  admit(lane: Lane): boolean {
    if (!this.hasRoom(lane)) return false;
    this.#taken[lane] += 1;
    return true;
  }

  /** Would a place be given now? */
  hasRoom(lane: Lane): boolean {
    return this.#taken[lane] < this.#bounds[lane];
  }

  /** Gives a place back. */
  leave(lane: Lane): void {
    assert(this.#taken[lane] > 0, `whoever leaves the lane ${lane} was admitted`);
    this.#taken[lane] -= 1;
  }

  push(item: T): void {
    const waiting = this.#waiting[item.lane];
    assert(waiting.length < this.#taken[item.lane], "whoever waits was admitted");
    waiting.push(item);
  }

  /** Puts those back whom a turn took but could not begin, before all others of their lane. */
  putBack(items: readonly T[]): void {
    for (const item of items.toReversed()) this.#waiting[item.lane].unshift(item);
  }

  /** At most `countMax` of those who wait, reserved lanes first, each lane in order of arrival. */
  take(countMax: number): readonly T[] {
    const taken: T[] = [];
    for (const lane of LANES) {
      const room = countMax - taken.length;
      const waiting = this.#waiting[lane];
      if (waiting.length <= room) {
        taken.push(...waiting);
        this.#waiting[lane] = [];
      } else {
        taken.push(...waiting.slice(0, room));
        this.#waiting[lane] = waiting.slice(room);
      }
    }
    return taken;
  }

  /** Those who wait, ready for a turn. */
  get waiting(): number {
    return LANES.reduce((sum, lane) => sum + this.#waiting[lane].length, 0);
  }

  /** Places taken, by lane. */
  get depths(): LaneBounds {
    return { ...this.#taken };
  }

  get isEmpty(): boolean {
    return LANES.every((lane) => this.#taken[lane] === 0);
  }
}
