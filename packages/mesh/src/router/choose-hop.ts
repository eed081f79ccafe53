import { hasVisited, type Shard, type Visit } from "../shards/shard.ts";

/**
 * What a cell knows of one neighbour: its public summary as heard at the beginning of the tick. This is all that the
 * router is handed. There is no way from here to the whole mesh: no map, no coordinates, no path.
 */
export interface NeighbourView {
  readonly cell: number;
  /** Cosine of the neighbour's summary with the shard's key, −1 … 1. */
  readonly affinity: number;
  /** Shards that wait there. */
  readonly queue: number;
  /** The neighbour says that this cell is beside it and lives. */
  readonly knowsTarget: boolean;
  /** The scalar hint of the neighbour; 0 where there is none. */
  readonly hint: number;
}

/** What the router decides for a shard. */
export type HopChoice =
  | {
      readonly kind: "forward";
      readonly to: number;
      readonly reason: "target" | "beside" | "greedy";
    }
  | { readonly kind: "back"; readonly to: number }
  /** The shard is where it wanted to go: no live neighbour is more like its key. */
  | { readonly kind: "arrived" }
  | { readonly kind: "stuck" };

/** What queues and hints count beside likeness. */
export interface RouterWeights {
  /** What one waiting shard costs, in cosine. */
  readonly queue: number;
  /** What one unit of the hint is worth, in cosine. */
  readonly hint: number;
}

/**
 * One hop, greedily: the target itself if it is beside us; else a neighbour that knows it; else the unvisited live
 * neighbour whose summary is most like the key, less its queue, plus its hint. At a dead end, back by the recorded way. No
 * cell is entered twice but by going back, so a way is at most 2 · (cells − 1) hops long and cannot loop. `ownAffinity`:
 * cosine of the shard's key with this cell's summary; a `shard` without an address has arrived where no unvisited neighbour
 * in `views` has more. `weights`: what queue and hint count. Of equals the first view.
 */
export function chooseHop(
  shard: Shard,
  ownAffinity: number,
  views: readonly NeighbourView[],
  weights: RouterWeights,
): HopChoice {
  let best: NeighbourView | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const view of views) {
    if (view.cell === shard.to) return { kind: "forward", to: view.cell, reason: "target" };
    if (hasVisited(shard.at, view.cell)) continue;
    const score = scoreOf(view, weights);
    if (score > bestScore) {
      best = view;
      bestScore = score;
    }
  }
  if (shard.to === undefined && (best === undefined || best.affinity <= ownAffinity))
    return { kind: "arrived" };
  if (best !== undefined)
    return { kind: "forward", to: best.cell, reason: best.knowsTarget ? "beside" : "greedy" };
  return goBack(shard.at, views);
}

/** To know the target is worth more than any likeness; among those who do, the shortest queue. */
function scoreOf(view: NeighbourView, weights: RouterWeights): number {
  return (
    (view.knowsTarget ? KNOWS_BONUS : 0) +
    view.affinity +
    view.hint * weights.hint -
    view.queue * weights.queue
  );
}

/** Above the span of cosines (2) and of any queue's cost that leaves the order sensible. */
const KNOWS_BONUS = 4;

function goBack(at: Visit, views: readonly NeighbourView[]): HopChoice {
  const { back } = at;
  if (back === undefined) return { kind: "stuck" };
  return views.some(({ cell }) => cell === back.cell)
    ? { kind: "back", to: back.cell }
    : { kind: "stuck" };
}

/**
 * The way that led to `at`, after the hop of `choice`. Going back drops the dead end from the way home, and keeps it in the
 * record.
 */
export function visitAfter(
  at: Visit,
  choice: { readonly kind: "forward" | "back"; readonly to: number },
): Visit {
  if (choice.kind === "forward") return { cell: choice.to, back: at, earlier: at };
  return { cell: choice.to, back: at.back?.back, earlier: at };
}
