import type { State } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { wishOf } from "./proposals.ts";
import type { Workload } from "./workload.ts";

const NAMES = ["alice", "bob", "payments"] as const;

/** Orders, carts and shelves: effects with owners, timers, joins, and who may not. */
export const ORDER_WORKLOAD: Workload = {
  actors: NAMES.map((name) => ({ name, roles: ["client", "provider"] })),
  wish: (random: SeededRandom, state: State) => {
    const wish = wishOf(random, {
      exists: (instance) => state.head(instance) !== undefined,
      generation: "",
    });
    return { wish, signer: signerOf(random, wish.transition) };
  },
  last: { instance: "order/last", transition: "Order_Add", inputs: { item: "x" } },
};

/** Mostly somebody who may. */
function signerOf(random: SeededRandom, transition: string): string {
  if (transition.startsWith("Payment_") && random.chance(80)) return "payments";
  if (/^(Shelf|Identity|Order_Hold|Order_Release)/u.test(transition) && random.chance(80))
    return "operator";
  return random.chance(25) ? "operator" : (random.pick(NAMES) ?? "payments");
}
