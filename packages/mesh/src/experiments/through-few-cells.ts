import { chooseHop } from "../router/choose-hop.ts";

/**
 * First hop of `shard` always into the lowest cells beside, however long their queues are; from there on as usual, by `own`
 * affinity, `views` and `weights`. Stuck where `views` is empty.
 */
export const throughFewCells: typeof chooseHop = (shard, own, views, weights) => {
  if (shard.hops > 0) return chooseHop(shard, own, views, weights);
  const [lowest] = [...views].sort((a, b) => a.cell - b.cell);
  return lowest === undefined
    ? { kind: "stuck" }
    : { kind: "forward", to: lowest.cell, reason: "greedy" };
};
