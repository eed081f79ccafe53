import process from "node:process";
import { measure, printTable } from "../../../../tools/bench/src/index.ts";
import { hashOfCanonical } from "../hash.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { canonicalize, isCanonicalOrder } from "./canonical.ts";
import type { Json } from "./json.ts";
import { parseStrictJson } from "./parse-json.ts";

/** A proposal of about 600 bytes, as a client sends it: canonical, keys in another order, or with spaces. */
const proposal: Json = {
  current_state_hash: `sha256-${"a1".repeat(32)}`,
  evidence: ["ucxl://swoosh:council@17:project/*~4/records/41"],
  hlc: "2026-11-21T09:15:00.000+00:00#0001",
  idem_key: "goal-7:1042:vote:6f1c2f0a-2b1d-4d3e-9a51-0d6f7a4b8c11",
  inputs: {
    item: "pen",
    lines: [
      { amount: 3, sku: "A-1" },
      { amount: 1, sku: "B-2" },
    ],
    note: "é",
  },
  inputs_hash: `sha256-${"0f".repeat(32)}`,
  instance: "order/o-17",
  signature: "x".repeat(86),
  signer: `hmmm:pubkey:${"y".repeat(43)}`,
  transition: "Order_Add",
};
const canonical = canonicalize(proposal);
const reversed: Json = Object.fromEntries(Object.entries(proposal).reverse());
const otherOrder = JSON.stringify(reversed);
const spaced = JSON.stringify(proposal, null, 2);
const place = { place: "" };

process.stdout.write(
  printTable(
    `${canonical.length} characters of JSON`,
    measure([
      { name: "JSON.parse alone", run: () => JSON.parse(canonical) },
      { name: "parseStrictJson, canonical text", run: () => parseStrictJson(canonical, place) },
      {
        name: "parseStrictJson, keys in another order",
        run: () => parseStrictJson(otherOrder, place),
      },
      {
        name: "parseStrictJson, with spaces (strict parser)",
        run: () => parseStrictJson(spaced, place),
      },
      { name: "JSON.stringify alone", run: () => JSON.stringify(proposal) },
      { name: "isCanonicalOrder", run: () => isCanonicalOrder(proposal) },
      { name: "canonicalize, in order", run: () => canonicalize(proposal) },
      { name: "canonicalize, in another order", run: () => canonicalize(reversed) },
      { name: "hashOfCanonical", run: () => hashOfCanonical(nodeHasher, canonical) },
    ]),
  ),
);
