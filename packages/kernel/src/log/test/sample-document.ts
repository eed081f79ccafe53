import { hashOfCanonical } from "../../hash.ts";
import type { Document } from "../../reduce/document.ts";
import { nodeHasher } from "../../testing/node-hasher.ts";
import type { IndexedHead } from "../../reduce/document.ts";
import type { SnapshotFacts } from "../snapshot-manifest.ts";

/** A document with something in every field, in canonical key order, with its hash. */
export function sampleHead(
  id: number,
  over: { readonly seq?: number; readonly index?: number } = {},
): IndexedHead {
  const { seq = 1, index = id } = over;
  const document: Document = {
    configuration: ["A.RUNNING", "B.IDLE"],
    context: { list: [id, { name: "ü😀" }], note: null },
    effects: [
      {
        answer: ["Done"],
        due: { beat: 9 },
        effect: "run",
        fence: 1,
        id: `item/i${id}#1.0`,
        name: "work",
        owner: "runner",
        state: "A.RUNNING",
        with: { x: [true] },
      },
    ],
    epoch: { A: 2, B: 1 },
    history: { "A.H": ["A.RUNNING"] },
    hlc_last: "2026-01-02T03:04:05.006+00:00#7",
    meta: {
      chart: "item",
      chart_hash: `sha256-${"77".repeat(32)}`,
      ended: false,
      instance: `item/i${id}`,
      origin: `acme/${"1f".repeat(16)}`,
      seq,
      version: 3,
    },
    timers: [{ due: { at: 1_700_000_000_000 }, event: "Late", id: "late", state: "A.RUNNING" }],
  };
  return { document, hash: hashOfCanonical(nodeHasher, JSON.stringify(document)), index };
}

export function sampleFacts(over: Partial<SnapshotFacts> = {}): SnapshotFacts {
  return {
    at: 1_700_000_000_000,
    bounds: { aheadMs: 60_000, behindMs: 120_000 },
    charts: [
      { current: true, hash: `sha256-${"b1".repeat(32)}`, name: "item" },
      { current: false, hash: `sha256-${"a0".repeat(32)}`, name: "item" },
    ],
    flags: [1, 2],
    frontier: { hashes: ["01".repeat(32), "02".repeat(32)], size: 5 },
    lastAppliedHLC: "2026-01-02T03:04:05.006+00:00#7",
    lastAppliedIndex: 4,
    leaf: "02".repeat(32),
    node: `hmmm:pubkey:${"A".repeat(43)}`,
    origin: `acme/${"1f".repeat(16)}`,
    ...over,
  };
}
