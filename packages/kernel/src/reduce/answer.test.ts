import { describe, expect, it } from "vitest";
import { canonicalize } from "../json/canonical.ts";
import { answer } from "./answer.ts";
import { decisionRecord, proposerRole } from "./decision-record.ts";
import { BOX, DESK } from "./test/charts.ts";
import { loadChart, Rig } from "./test/rig.ts";

const desk = loadChart(DESK);
const box = loadChart(BOX);

function done(): Rig {
  const rig = new Rig(desk, box);
  rig.register("clerk", [
    { role: "client", scope: "*" },
    { role: "provider", scope: "*" },
  ]);
  rig.must({ instance: "desk/a", transition: "Desk_Open", by: "clerk" });
  return rig;
}

const doIt = {
  instance: "desk/a",
  transition: "Desk_Do",
  inputs: { box: "box/a", count: 5, memo: "" },
  by: "clerk",
  hlc: "2023-11-14T22:13:20.000+00:00#0009",
};

describe("the 202 answer", () => {
  it("is made from the record and its leaf alone, in canonical order", () => {
    const rig = done();
    const { record, leaf } = rig.must(doIt);
    const text = answer(record, leaf);
    expect(JSON.parse(text)).toEqual({
      status: "accepted",
      index: record.index,
      instance: "desk/a",
      transition: "Desk_Do",
      state_pre_hash: record.pre,
      state_post_hash: record.post,
      hlc: "2023-11-14T22:13:20.000+00:00#9",
      configuration: ["OPEN"],
      guard_outcomes: [{ guard: "allowed", ok: true, reasons: ["allowed"] }],
      decision: `bubble://dr/sha256-${leaf}`,
      record_hash: leaf,
    });
    expect(canonicalize(JSON.parse(text))).toBe(text);
  });

  it("names the default instance where none was named, and keeps a clock that it cannot read", () => {
    const rig = done();
    const { record, leaf } = rig.must(doIt);
    const { instance: _, ...proposal } = record.proposal;
    const text = answer({ ...record, proposal: { ...proposal, hlc: "x" } }, leaf);
    expect(JSON.parse(text)).toMatchObject({ instance: "project/default", hlc: "x" });
  });
});

describe("a decision record", () => {
  it("explains a record", () => {
    const rig = done();
    const opened = rig.records.at(-1)?.leaf ?? "";
    const verdict = rig.ask({
      ...doIt,
      body: { window_id: "w", justification: "why", evidence: ["ucxl://a"] },
    });
    if (verdict.kind !== "accepted") throw new Error("refused");
    const { record, leaf } = verdict;
    const role = proposerRole(rig.world, record);
    const decision = decisionRecord(record, leaf, { role, derivedFrom: [opened] });
    expect(decision).toEqual({
      schema: "bubble.dr.v1",
      id: `bubble://dr/sha256-${leaf}`,
      ucxl: `ucxl://swoosh:provider@a:desk/*~2/records/${record.index}`,
      kind: "swoosh.transition",
      index: record.index,
      instance: "desk/a",
      transition: "Desk_Do",
      signer: record.proposal.signer,
      state_pre_hash: record.pre,
      state_post_hash: record.post,
      inputs_hash: record.proposal.inputs_hash,
      idem_key: record.proposal.idem_key,
      hlc: "2023-11-14T22:13:20.000+00:00#9",
      at: record.at,
      window_id: "w",
      guard_outcomes: [
        ...record.outcomes,
        // Of the instance that was moved with it.
        { guard: "small", instance: "box/a", ok: true, reasons: [] },
      ],
      reads: record.reads,
      evidence: ["ucxl://a"],
      justification: "why",
      derived_from: [opened],
      influenced_by: ["ucxl://a"],
      redactions: [],
    });
    expect(JSON.stringify(decision)).toBe(canonicalize(decision));
  });

  it("names a justification that stands there as a commitment: a hash of a value, nothing that is merely like one", () => {
    const rig = done();
    const { record, leaf } = rig.must(doIt);
    const redactions = (justification: string): unknown => {
      const proposal = { ...record.proposal, justification };
      return decisionRecord({ ...record, proposal }, leaf, { role: "r", derivedFrom: [] })[
        "redactions"
      ];
    };
    expect(redactions(record.proposal.inputs_hash)).toEqual(["justification"]);
    expect(redactions(`${record.proposal.inputs_hash}0`)).toEqual([]);
  });

  it("has null and [] for what a proposal leaves out, and `engine` for the engine's own", () => {
    const rig = done();
    const { record, leaf } = rig.must(doIt);
    const { instance: _, ...proposal } = record.proposal;
    const bare = decisionRecord({ ...record, proposal }, leaf, { role: "r", derivedFrom: [] });
    expect(bare).toMatchObject({
      window_id: null,
      justification: null,
      evidence: [],
      instance: "project/default",
      ucxl: `ucxl://swoosh:r@default:project/*~2/records/${record.index}`,
    });
    const [genesis] = rig.records;
    if (genesis === undefined) throw new Error("no record");
    expect(proposerRole(rig.world, genesis.record)).toBe("engine");
  });

  it("has no role where nobody held one: such a record was never accepted", () => {
    const rig = done();
    const { record } = rig.must(doIt);
    const with_ = (change: object): string =>
      proposerRole(rig.world, { ...record, proposal: { ...record.proposal, ...change } });
    expect(with_({ signer: "x" })).toBe("");
    expect(with_({ transition: "Nope" })).toBe("");
    expect(with_({ signer: rig.world.node })).toBe("");
    const { instance: _, ...proposal } = record.proposal;
    expect(proposerRole(rig.world, { ...record, proposal })).toBe("");
  });
});
