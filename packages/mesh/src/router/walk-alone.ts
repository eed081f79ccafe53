import { hasVisited, type Shard, type Visit } from "../shards/shard.ts";
import type { Topology } from "../shards/topology.ts";
import type { VectorKey } from "../shards/vector-key.ts";
import { chooseHop, visitAfter, type NeighbourView, type RouterWeights } from "./choose-hop.ts";

/** Ground on which one shard walks by itself. */
export interface WalkWorld {
  readonly topology: Topology;
  /** Whether a cell can be entered at this hop; the hop matters where obstacles move. */
  readonly isOpen: (cell: number, hop: number) => boolean;
  /** A shard that is shut in stays for a hop, and is not lost. */
  readonly waits?: boolean;
  /** Cosine of a cell's summary with the key of the shard that is addressed to `to`. */
  readonly affinity: (cell: number, to: number) => number;
  /** Of a cell, for a shard that is addressed to `to`. */
  readonly hint?: (cell: number, to: number) => number;
  readonly weights: RouterWeights;
  readonly route?: typeof chooseHop;
  readonly key: VectorKey;
}

/** How a walk ended. */
export interface Walk {
  readonly arrived: boolean;
  readonly hops: number;
  readonly at: Visit;
}

/**
 * One shard alone on `world`, by the router that the mesh uses, without queues and links: what a way costs, quickly.
 * `given`: the cells from and to which it goes, and the hops after which it is given up.
 */
export function walkAlone(
  world: WalkWorld,
  given: { readonly from: number; readonly to: number; readonly hopsMax: number },
): Walk {
  const { from, to, hopsMax } = given;
  const route = world.route ?? chooseHop;
  let at: Visit = { cell: from, back: undefined, earlier: undefined };
  for (let hops = 0; hops < hopsMax; hops += 1) {
    if (at.cell === to) return { arrived: true, hops, at };
    const shard: Shard = {
      id: 1,
      key: world.key,
      payload: "",
      to,
      bornTick: 0,
      ttlTicks: hopsMax,
      hops,
      at,
      life: "waiting",
    };
    const choice = route(
      shard,
      0,
      viewsFrom(world, { cell: at.cell, to, hop: hops }),
      world.weights,
    );
    if (choice.kind === "stuck" && world.waits === true) continue;
    if (choice.kind === "stuck" || choice.kind === "arrived") return { arrived: false, hops, at };
    at = visitAfter(at, choice);
  }
  return { arrived: at.cell === to, hops: hopsMax, at };
}

/** The cells of the way that led to `at`, from its beginning to its end, without the dead ends. */
export function wayOf(at: Visit): readonly number[] {
  const way: number[] = [];
  for (let visit: Visit | undefined = at; visit !== undefined; visit = visit.back)
    way.push(visit.cell);
  return way.reverse();
}

function viewsFrom(
  world: WalkWorld,
  given: { readonly cell: number; readonly to: number; readonly hop: number },
): readonly NeighbourView[] {
  const { topology, isOpen } = world;
  const { cell, to, hop } = given;
  const open = (topology.neighbours[cell] ?? []).filter((one) => isOpen(one, hop));
  return open.map((beside) => ({
    cell: beside,
    affinity: world.affinity(beside, to),
    queue: 0,
    knowsTarget: (topology.neighbours[beside] ?? []).includes(to),
    hint: world.hint?.(beside, to) ?? 0,
  }));
}

/** Whether the way whose `last` visit is given enters a cell a second time other than by going back where it came from. */
export function reentersCell(last: Visit): boolean {
  for (let visit: Visit | undefined = last; visit?.earlier !== undefined; visit = visit.earlier) {
    const { earlier } = visit;
    const wentBack = earlier.back?.cell === visit.cell && visit.back === earlier.back?.back;
    if (!wentBack && hasVisited(earlier, visit.cell)) return true;
  }
  return false;
}
