import { distancesFrom } from "../load/load-bound.ts";
import type { chooseHop } from "../router/choose-hop.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology, type Topology } from "../shards/topology.ts";
import { cosine, quantise, type VectorKey } from "../shards/vector-key.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const CONTENT_SIDE = 32;
const CONTENT_ROUNDS = 48;
/** Noise in a query, in tenths of the codes' own size. */
const QUERY_NOISE_TENTHS = 5;

/**
 * The mesh for a run of this `size`: a small one takes a quarter of the cells. Its rounds of gossip are fewer too, for the
 * same reach in proportion.
 */
export function contentTopology(size: RunContext["size"]): Topology {
  const side = size === "small" ? CONTENT_SIDE / 2 : CONTENT_SIDE;
  return createTopology({ width: side, height: side });
}

/** Summaries of one seed, shared by its arms: making them is most of the time. */
const fields = new Map<string, readonly VectorKey[]>();

/** Summaries of the cells of `topology` by seed, ordered by gossip; kept for the arms of one seed. */
export function contentField(topology: Topology, seed: number): readonly VectorKey[] {
  const name = `${topology.width}/${seed}`;
  const known = fields.get(name);
  if (known !== undefined) return known;
  fields.clear();
  const rounds = topology.width < CONTENT_SIDE ? CONTENT_ROUNDS / 4 : CONTENT_ROUNDS;
  const field = gossipedSummaries(topology, { seed, rounds });
  fields.set(name, field);
  return field;
}

function contentRoutes(
  seed: number,
  size: RunContext["size"],
  how: "ours" | "shuffled" | "random",
): readonly ArmSample[] {
  const queries = size === "small" ? 40 : 200;
  const topology = contentTopology(size);
  const ordered = contentField(topology, seed);
  const draws = createDraws(seedOf(seed, 4));
  const summaries = how === "shuffled" ? shuffled(ordered, seed) : ordered;
  const arrivals = new Map<number, { readonly cell: number; readonly hops: number }>();
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    sendsPerTick: queries,
    windowShards: queries,
    onDeliver: (shard, cell) => arrivals.set(shard.id, { cell, hops: shard.hops }),
    ...(how === "random" ? { route: wander(seed) } : {}),
  });
  const asked: { readonly id: number; readonly from: number; readonly target: number }[] = [];
  for (let query = 0; query < queries; query += 1) {
    const about = summaries[draws.below(topology.cells)];
    if (about === undefined) continue;
    const key = quantise(
      Float64Array.from(
        about.codes,
        (code) => code + ((draws.below(255) - 127) * QUERY_NOISE_TENTHS) / 10,
      ),
    );
    const target = topOf(summaries, key);
    const from = draws.below(topology.cells);
    const injected = mesh.inject({ cell: from, key, payload: "q", ttlTicks: 400 });
    if (injected.accepted) asked.push({ id: injected.id, from, target });
  }
  for (let tick = 0; tick < 420 && mesh.counts().inFlight > 0; tick += 1) mesh.tick();
  let [hits, hops, shortest] = [0, 0, 0];
  for (const { id, from, target } of asked) {
    const arrival = arrivals.get(id);
    if (arrival?.cell !== target) continue;
    hits += 1;
    hops += arrival.hops;
    shortest += distancesFrom(topology, from)[target] ?? 0;
  }
  return [{ values: { hits, trials: queries, hops, shortest: Math.max(1, shortest) } }];
}

function topOf(summaries: readonly VectorKey[], key: VectorKey): number {
  let [best, bestCosine] = [0, -2];
  for (const [cell, summary] of summaries.entries()) {
    const likeness = cosine(summary, key);
    if (likeness > bestCosine) [best, bestCosine] = [cell, likeness];
  }
  return best;
}

function shuffled(summaries: readonly VectorKey[], seed: number): readonly VectorKey[] {
  const draws = createDraws(seedOf(seed, 5));
  const copy = [...summaries];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = draws.below(last + 1);
    const [a, b] = [copy[last], copy[other]];
    if (a !== undefined && b !== undefined) [copy[last], copy[other]] = [b, a];
  }
  return copy;
}

/** 16 steps anywhere, then rest: about as far as the targets are. */
function wander(seed: number): typeof chooseHop {
  const draws = createDraws(seedOf(seed, 6));
  return (shard, _own, views) => {
    const view = views[draws.below(Math.max(1, views.length))];
    if (view === undefined || shard.hops >= 16) return { kind: "arrived" };
    return { kind: "forward", to: view.cell, reason: "greedy" };
  };
}

/** A query without an address, which must rest where it is most alike. */
export const CONTENT_ROUTING: Experiment = {
  id: "routing.content",
  section: "5.3",
  title: "Content routing on 32×32",
  method:
    "32×32 torus whose summaries were made by 48 rounds of gossip from random vectors, so that nearby cells are alike. A query is the summary of a random cell with noise; its target is the cell that is most like it of all. It starts anywhere, without an address. Success: it rests at the target.",
  workload: {
    side: CONTENT_SIDE,
    gossipRounds: CONTENT_ROUNDS,
    noiseTenths: QUERY_NOISE_TENTHS,
    queries: 200,
  },
  seeds: seedsFrom(3_001, 10),
  arms: [
    arm("ours", "ours", (seed, { size }) => contentRoutes(seed, size, "ours")),
    arm("random walk", "nothing", (seed, { size }) => contentRoutes(seed, size, "random")),
    arm("shuffled summaries", "mutant", (seed, { size }) => contentRoutes(seed, size, "shuffled"), [
      "reached",
    ]),
  ],
  claims: [
    atLeast(
      "reached",
      "seed",
      95 / 100,
      "95 % of the queries reach the cell that a search of all cells finds",
      { statistic: { kind: "rate", hits: "hits", trials: "trials" } },
    ),
    atMost("hops", "seed", 2, "in at most twice the hops of the shortest way", {
      statistic: { kind: "quotient", metric: "hops", over: "shortest" },
    }),
  ],
};
