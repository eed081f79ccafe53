import type { Accepted, CompiledChart, Kernel, Replayed, World } from "@swoosh/kernel";

/** Replays that are remembered, over all places; then all is forgotten, so that a run of a night needs no more room than one of a minute. */
const STEPS_MAX = 5_000;

/** What a world holds. Two worlds at one place hold the same, so a record leads both to the same place, or neither. */
interface Place {
  readonly steps: Map<string, Step>;
}

interface Step {
  readonly replayed: Replayed;
  readonly accepted: Accepted;
  /** Compiled charts that decided it. */
  readonly charts: readonly CompiledChart[];
  readonly after: Place;
}

/** A world as it was when it was last seen. */
interface Known {
  readonly place: Place;
  readonly size: number;
  /** What it was given then, and instances that it has if it took that. */
  readonly step: Step | null;
  readonly headCount: number;
}

/**
 * The same kernel, which decides a record once for each state that it may follow: nodes and followers start again and again
 * on the same log, and replay is pure.
 *
 * M1 a world is where it was if nothing was applied, and where a step led if what that step gave, and nothing else, was.
 * M2 a world that is seen for the first time is known by what it holds: hashes of its documents and charts, in order, and its
 * end. One that was changed otherwise since is at a place of its own, where nothing is remembered.
 * Not for the judge's pass over a log: that decides every record anew.
 */
export function rememberingReplays(kernel: Kernel): Kernel {
  const memory = new ReplayMemory(kernel);
  return { ...kernel, replay: (world, text) => memory.replay(world, text) };
}

class ReplayMemory {
  readonly #kernel: Kernel;
  #worlds = new WeakMap<World, Known>();
  /** By what a world holds. */
  #places = new Map<string, Place>();
  #steps = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  replay(world: World, text: string): Replayed {
    const place = this.#placeOf(world);
    const known = place.steps.get(text);
    if (known !== undefined && hasCharts(world, known)) {
      this.#note(world, place, known);
      return known.replayed;
    }
    const replayed = this.#kernel.replay(world, text);
    if (!replayed.ok) {
      this.#note(world, place, null);
      return replayed;
    }
    const { accepted } = replayed;
    const step = { replayed, accepted, charts: chartsOf(world, accepted), after: newPlace() };
    this.#note(world, place, step);
    place.steps.set(text, step);
    this.#steps += 1;
    if (this.#steps > STEPS_MAX) this.#forget();
    return replayed;
  }

  #note(world: World, place: Place, step: Step | null): void {
    let { headCount } = world;
    for (const { document } of step?.accepted.heads ?? [])
      if (world.head(document.meta.instance) === undefined) headCount += 1;
    this.#worlds.set(world, { place, size: world.end.size, step, headCount });
  }

  #placeOf(world: World): Place {
    const known = this.#worlds.get(world);
    if (known === undefined) return this.#placeByContents(world);
    if (known.size === world.end.size) return known.place;
    const { step } = known;
    return step !== null && hasTaken(world, known, step.accepted) ? step.after : newPlace();
  }

  #placeByContents(world: World): Place {
    const contents = contentsOf(world);
    const place = this.#places.get(contents) ?? newPlace();
    this.#places.set(contents, place);
    return place;
  }

  #forget(): void {
    this.#worlds = new WeakMap();
    this.#places = new Map();
    this.#steps = 0;
  }
}

function newPlace(): Place {
  return { steps: new Map() };
}

/** M1. */
function hasTaken(world: World, { headCount, size }: Known, accepted: Accepted): boolean {
  const { heads, installed, leaf } = accepted;
  return (
    world.end.size === size + 1 &&
    world.end.leaf === leaf &&
    world.headCount === headCount &&
    (installed === null || world.chart(installed.name) === installed) &&
    heads.every(({ document }) => world.head(document.meta.instance)?.document === document)
  );
}

/** M2. A world that was folded, not restored, would be taken for one whose instances came into being in that order. */
function contentsOf(world: World): string {
  const { bounds, end, flags, node, origin } = world;
  const parts = [origin, node, JSON.stringify({ bounds, end, flags })];
  for (const { hash } of world.charts()) parts.push(hash);
  for (const { document, hash } of world.heads()) parts.push(document.meta.instance, hash);
  return parts.join(" ");
}

function chartsOf(world: World, { heads, installed }: Accepted): readonly CompiledChart[] {
  const charts = heads.map(({ document }) => world.chartByHash(document.meta.chart_hash));
  return [...charts.filter((chart) => chart !== undefined), ...(installed ? [installed] : [])];
}

/** Records name charts by hash alone, and a world need not have at hand what another had. */
function hasCharts(world: World, { charts }: Step): boolean {
  return charts.every((chart) => world.chartByHash(chart.hash) === chart);
}
