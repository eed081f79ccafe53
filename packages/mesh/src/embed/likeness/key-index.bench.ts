import process from "node:process";
import { measure, printTable } from "@swoosh/bench";
import { chooseHop, type NeighbourView } from "../../router/choose-hop.ts";
import { createDraws } from "../../seeded-draws.ts";
import { cosine, KEY_DIMENSIONS, keyOfCodes, type VectorKey } from "../../shards/vector-key.ts";
import { createKeyIndex } from "./key-index.ts";
import { likenessHostOver, type WebAssemblyApi } from "../../web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;

const print = (title: string, measured: ReturnType<typeof measure>): void =>
  void process.stdout.write(printTable(title, measured));
const draws = createDraws(1);
const randomKey = (): VectorKey =>
  keyOfCodes(Int8Array.from({ length: KEY_DIMENSIONS }, () => draws.below(255) - 127));
const query = randomKey();

/** The likeness of eight neighbours and the decision, and the nearest of a mesh of 100×100. */
for (const size of [8, 10_000]) {
  const keys = Array.from({ length: size }, randomKey);
  const [plain, fast] = [createKeyIndex(size), createKeyIndex(size, likenessHostOver(WebAssembly))];
  for (const [index, key] of keys.entries()) for (const one of [plain, fast]) one.set(index, key);
  print(
    `nearest of ${size} keys of 768 codes`,
    measure(
      [
        { name: "plain", run: () => plain.nearest(query) },
        { name: "SIMD kernel", run: () => fast.nearest(query) },
      ],
      { rounds: 15 },
    ),
  );
}

const summaries = Array.from({ length: 8 }, randomKey);
const views = summaries.map((summary, cell): NeighbourView => ({
  cell,
  affinity: cosine(summary, query),
  queue: 0,
  knowsTarget: false,
  hint: 0,
}));
const shard = {
  id: 1,
  key: query,
  payload: "",
  to: 99,
  bornTick: 0,
  ttlTicks: 9,
  hops: 0,
  at: { cell: 50, back: undefined, earlier: undefined },
  life: "waiting",
} as const;
print(
  "decision of a hop over 8 neighbours whose likeness is known",
  measure([{ name: "chooseHop", run: () => chooseHop(shard, 0, views, { queue: 0, hint: 0 }) }], {
    rounds: 15,
  }),
);
