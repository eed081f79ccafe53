import fc from "fast-check";
import { isJsonObject, type Json, type JsonObject } from "../../json/json.ts";

/** Events that random charts handle; `R…` are only raised. */
export const EVENTS: readonly string[] = ["A", "B", "C"];
const RAISED: readonly string[] = ["R0", "R1"];
/** Guards are free: the host decides. */
const GUARDS: readonly string[] = ["g0", "g1", "g2", "g3"];

/** What a random chart may have. */
export interface RandomOptions {
  readonly statesMax: number;
  readonly regionsMax: number;
  /** Transitions stay in their top region, as the default regions demand; else the chart is one region. */
  readonly regioned: boolean;
  readonly raises: boolean;
  readonly history: boolean;
}

interface Draft {
  readonly name: string;
  readonly path: string;
  readonly parent: Draft | null;
  readonly children: Draft[];
  readonly region: number;
  kind: "atomic" | "compound" | "parallel" | "final" | "shallow" | "deep";
}

type Mutable = { [key: string]: Json };

/** Random numbers below a bound, from fast-check's stream. */
type Draw = (bound: number) => number;

/** A chart value that loads: every rule of the dialect is kept by construction, everything else is free. */
export function randomChart(options: RandomOptions): fc.Arbitrary<JsonObject> {
  const numbers = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 40, maxLength: 400 });
  return numbers.map((stream) => {
    let at = 0;
    return new ChartGenerator(options, (bound) => {
      const number = stream[at % stream.length] ?? 0;
      at += 1;
      return (number + Math.floor(at / stream.length) * 7919) % bound;
    }).chart();
  });
}

class ChartGenerator {
  readonly #options: RandomOptions;
  readonly #draw: Draw;
  readonly #all: Draft[] = [];
  readonly #handled = new Set<string>();
  readonly #raised = new Set<string>();
  readonly #guards = new Set<string>();

  constructor(options: RandomOptions, draw: Draw) {
    this.#options = options;
    this.#draw = draw;
  }

  chart(): JsonObject {
    const regions = this.#draw(this.#options.regionsMax + 1);
    const isParallel = regions >= 2;
    const root = this.#add("", null, isParallel ? "parallel" : "compound", 0);
    const top = isParallel ? regions : 1 + this.#draw(4);
    for (let index = 0; index < top; index += 1) this.#grow(root, 1, isParallel);
    this.#finishKinds(root);
    const states = this.#state(root);
    this.#takeRaised(states);
    const transitions = [...this.#handled].map((name) => [name, { by: ["client"] }]);
    const guards = [...this.#guards].map((name) => [name, { when: "true", reason: name }]);
    const value = {
      chart: "random",
      version: 1,
      ...(isParallel && this.#options.regioned ? {} : { regions: ["root"] }),
      transitions: Object.fromEntries(transitions),
      guards: Object.fromEntries(guards),
      ...states,
    };
    return JSON.parse(JSON.stringify(value));
  }

  #add(name: string, parent: Draft | null, kind: Draft["kind"], region: number): Draft {
    const path = parent === null || parent.path === "" ? name : `${parent.path}.${name}`;
    const draft: Draft = { name, path, parent, children: [], region, kind };
    parent?.children.push(draft);
    this.#all.push(draft);
    return draft;
  }

  #grow(parent: Draft, depth: number, topRegion: boolean): void {
    if (this.#all.length >= this.#options.statesMax) return;
    const region = depth === 1 ? parent.children.length : parent.region;
    const draft = this.#add(`s${this.#all.length}`, parent, "atomic", region);
    const roll = this.#draw(10);
    if (depth >= 5 || (roll < 5 && !topRegion)) {
      if (roll === 0 && parent.kind === "compound") draft.kind = "final";
      return;
    }
    draft.kind = roll === 9 && !topRegion ? "parallel" : "compound";
    const count = (draft.kind === "parallel" ? 2 : 1) + this.#draw(3);
    for (let index = 0; index < count; index += 1) this.#grow(draft, depth + 1, false);
  }

  /** Compound and parallel states have children, and some a history. */
  #finishKinds(draft: Draft): void {
    for (const child of [...draft.children]) this.#finishKinds(child);
    if (draft.children.length === 0) {
      if (draft.kind !== "final") draft.kind = "atomic";
      return;
    }
    if (draft.kind === "parallel")
      for (const child of draft.children) if (child.kind === "final") child.kind = "atomic";
    if (this.#options.history && this.#draw(4) === 0) {
      const kind = this.#draw(2) === 0 ? "shallow" : "deep";
      this.#add(`h${this.#all.length}`, draft, kind, draft.region);
    }
  }

  #state(draft: Draft): Mutable {
    const state: Mutable = {};
    const { kind } = draft;
    if (kind === "parallel" || kind === "final") state.type = kind;
    if (kind === "shallow" || kind === "deep") return this.#history(draft);
    const real = draft.children.filter((child) => !isHistory(child));
    if (kind === "compound") state.initial = this.#initial(draft, real);
    if (draft.children.length > 0) {
      state.states = Object.fromEntries(
        draft.children.map((child) => [child.name, this.#state(child)]),
      );
    }
    if (this.#options.raises && this.#draw(6) === 0) state.entry = [this.#raise()];
    if (this.#options.raises && draft.parent !== null && this.#draw(8) === 0)
      state.exit = [this.#raise()];
    if (kind === "final") return state;
    const on: Mutable = {};
    for (const event of [...EVENTS, ...(this.#options.raises ? RAISED : [])]) {
      if (this.#draw(3) > 0) continue;
      this.#handled.add(event);
      on[event] = this.#candidates(draft);
    }
    if (Object.keys(on).length > 0) state.on = on;
    if (this.#draw(6) === 0) state.always = [this.#candidate(draft, true)];
    if (draft.parent !== null && real.length > 0 && this.#draw(2) === 0)
      state.onDone = this.#candidates(draft);
    return state;
  }

  /** Sometimes deeper than a child, sometimes several in a parallel. */
  #initial(draft: Draft, real: readonly Draft[]): Json {
    const child = this.#one(real);
    if (this.#draw(3) > 0) return child.name;
    return this.#spread(child).map((state) =>
      state.path.slice(draft.path === "" ? 0 : draft.path.length + 1),
    );
  }

  #history(draft: Draft): Mutable {
    const siblings = draft.parent?.children.filter((child) => !isHistory(child)) ?? [];
    const history = draft.kind === "deep" ? "deep" : "shallow";
    const state: Mutable = { type: "history", history };
    if (this.#draw(2) === 0) return state;
    const target = this.#one(siblings);
    return {
      ...state,
      target: draft.kind === "deep" ? this.#absolute(this.#spread(target)) : target.name,
    };
  }

  #candidates(draft: Draft): Json {
    return Array.from({ length: 1 + this.#draw(2) }, () => this.#candidate(draft, false));
  }

  #candidate(draft: Draft, guarded: boolean): JsonObject {
    const candidate: Mutable = {};
    if (guarded || this.#draw(3) > 0) {
      const guard = this.#one(GUARDS);
      this.#guards.add(guard);
      candidate.guards = [guard];
    }
    if (this.#options.raises && this.#draw(5) === 0) candidate.actions = [this.#raise()];
    if (this.#draw(6) === 0) return candidate;
    const inside = this.#draw(3) === 0 && draft.kind === "compound" && draft.parent !== null;
    const targets = this.#targets(draft, inside);
    if (targets.length > 0) candidate.target = this.#absolute(targets);
    if (targets.length > 0 && inside) candidate.internal = true;
    return candidate;
  }

  #targets(draft: Draft, inside: boolean): readonly Draft[] {
    const pool = this.#all.filter((state) => {
      if (state.parent === null) return false;
      if (inside) return isUnder(state, draft);
      if (!this.#options.regioned || this.#all[0]?.kind !== "parallel") return true;
      // The domain must be the region's state or below: not the region itself, and not from the region.
      if (draft.parent === null || draft.parent.parent === null) return false;
      return (
        state.region === draft.region &&
        state.parent.parent !== null &&
        this.#staysInside(draft, state)
      );
    });
    if (pool.length === 0) return [];
    const target = this.#one(pool);
    const spread = this.#draw(3) === 0 && !isHistory(target) ? this.#spread(target) : [target];
    return inside && spread.some((state) => !isUnder(state, draft)) ? [target] : spread;
  }

  /** Some compound state at or below the region is above both. */
  #staysInside(source: Draft, target: Draft): boolean {
    for (let above = source.parent; above !== null && above.parent !== null; above = above.parent) {
      if (above.kind === "compound" && isUnder(target, above)) return true;
    }
    return false;
  }

  /** A state, or states that can be active together below it. */
  #spread(state: Draft): readonly Draft[] {
    const real = state.children.filter((child) => !isHistory(child));
    if (state.kind === "parallel" && this.#draw(2) === 0) {
      const some = real.filter(() => this.#draw(2) === 0);
      return some.length === 0 ? [state] : some.flatMap((child) => this.#spread(child));
    }
    if (state.kind === "compound" && this.#draw(2) === 0) return this.#spread(this.#one(real));
    return [state];
  }

  #raise(): JsonObject {
    const event = this.#one(RAISED);
    this.#raised.add(event);
    return { raise: event };
  }

  /** What nobody handles may not be declared: where it is so, the root takes it, without doing anything. */
  #takeRaised(root: Mutable): void {
    const missing = [...this.#raised].filter((event) => !this.#handled.has(event));
    for (const event of missing) this.#handled.add(event);
    const taken = missing.map((event): [string, Json] => [event, {}]);
    const own = root.on ?? null;
    root.on = { ...(isJsonObject(own) ? own : {}), ...Object.fromEntries(taken) };
  }

  #absolute(states: readonly Draft[]): readonly string[] {
    return states.map((state) => `#random.${state.path}`);
  }

  #one<T>(list: readonly T[]): T {
    const item = list[this.#draw(list.length)];
    if (item === undefined) throw new Error("an empty list has no item");
    return item;
  }
}

function isHistory(draft: Draft): boolean {
  return draft.kind === "shallow" || draft.kind === "deep";
}

function isUnder(state: Draft, ancestor: Draft): boolean {
  for (let above = state.parent; above !== null; above = above.parent) {
    if (above === ancestor) return true;
  }
  return false;
}
