import type { DecisionRecord } from "@swoosh/protocol";
import { expect, it } from "vitest";
import { walkDecisions } from "./walk-decisions.ts";

const leaf = (index: number): string => index.toString(16).padStart(64, "0");
const state = (name: string): `sha256-${string}` => `sha256-${name.padStart(64, "0")}`;

interface Told {
  readonly instance: string;
  readonly after: string;
  readonly from?: readonly number[];
  readonly reads?: readonly (readonly [instance: string, after: string])[];
  readonly evidence?: readonly string[];
}

function decision(index: number, told: Told): DecisionRecord {
  const { after, evidence = [], from = [], instance, reads = [] } = told;
  return {
    at: index,
    derived_from: from.map(leaf),
    evidence,
    guard_outcomes: [],
    hlc: "",
    id: `bubble://dr/sha256-${leaf(index)}`,
    idem_key: "",
    index,
    influenced_by: evidence,
    inputs_hash: state("0"),
    instance,
    justification: null,
    kind: "swoosh.transition",
    reads: reads.map(([read, hash]) => ({ hash: state(hash), instance: read })),
    redactions: [],
    schema: "bubble.dr.v1",
    signer: "",
    state_post_hash: state(after),
    state_pre_hash: state("0"),
    transition: "T",
    ucxl: "",
    window_id: null,
  } as unknown as DecisionRecord;
}

const LOG = [
  decision(0, { instance: "license/main", after: "a" }),
  decision(1, { instance: "beat/main", after: "b" }),
  decision(2, { instance: "project/p", after: "c", evidence: ["e1"] }),
  decision(3, { instance: "beat/main", after: "d", from: [1] }),
  // The fact is back in a state that it had before.
  decision(4, { instance: "beat/main", after: "b", from: [3] }),
  decision(5, {
    instance: "project/p",
    after: "f",
    from: [2],
    reads: [
      ["license/main", "a"],
      ["beat/main", "b"],
    ],
    evidence: ["e1", "e2"],
  }),
  decision(6, { instance: "project/p", after: "g", from: [5], evidence: ["e2"] }),
];

const walked = (start: number, depthMax: number, stepsMax = 100) =>
  walkDecisions(LOG, start, { depthMax, stepsMax }).map(({ decision: { index }, depth, from }) => [
    depth,
    index,
    ...(from === null ? [] : [from.index, from.edges.join(" ")]),
  ]);

it("walks back, nearest first, of equally near ones the newest, each once", () => {
  expect(walked(6, 9)).toEqual([
    [0, 6],
    [1, 5, 6, "derived-from influenced-by"],
    [2, 4, 5, "depends-on"],
    [2, 2, 5, "derived-from influenced-by"],
    [2, 0, 5, "depends-on"],
    [3, 3, 4, "derived-from"],
    [4, 1, 3, "derived-from"],
  ]);
});

it("goes no farther than it is asked, and knows nothing that is not there", () => {
  expect(walked(6, 1)).toEqual(walked(6, 9).slice(0, 2));
  expect(walked(6, 9, 3)).toEqual(walked(6, 9).slice(0, 3));
  expect(walked(0, 9)).toEqual([[0, 0]]);
  expect(walked(7, 9)).toEqual([]);
});
