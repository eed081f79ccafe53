import { describe, expect, it } from "vitest";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { skimRecord } from "../log/skim-record.ts";
import { replay } from "./replay.ts";
import { BOX, DESK } from "./test/charts.ts";
import { CLINIC } from "./test/clinic.ts";
import { loadChart, Rig, START } from "./test/rig.ts";
import { World } from "./world.ts";
import type { Accepted } from "./state.ts";

const desk = loadChart(DESK);
const box = loadChart(BOX);
const clinic = loadChart(CLINIC);

/** A log with every kind of record. */
function logged(): Rig {
  const rig = new Rig(desk, box, clinic);
  rig.register("clerk", [
    { role: "client", scope: "*" },
    { role: "provider", scope: "*" },
  ]);
  rig.must({ instance: "desk/a", transition: "Desk_Open", by: "clerk" });
  rig.must({ instance: "desk/a", transition: "Desk_Shut", by: "clerk" });
  rig.mustAct({ act: "@seal", instance: "desk/a" });
  rig.must({ instance: "clinic/a", transition: "Ward_Admit", inputs: { name: "x" }, by: "clerk" });
  const second = loadChart(CLINIC.replace("version: 1", "version: 2"));
  rig.charts.set(second.hash, second);
  rig.mustAct({ act: "@migrate", instance: "clinic/a", to: second, mapping: {} });
  rig.at += 1000;
  rig.now = rig.at - 7;
  rig.mustAct({ act: "@timer", instance: "clinic/a" });
  return rig;
}

/** The world before record `index`. */
function before(rig: Rig, index: number): World {
  const world = new World((hash) => rig.charts.get(hash));
  for (const accepted of rig.records.slice(0, index)) world.apply(accepted);
  return world;
}

function indexOf(rig: Rig, transition: string): number {
  return rig.records.findLastIndex((one) => one.record.proposal.transition === transition);
}

function tampered(
  rig: Rig,
  index: number,
  change: (record: Record<string, Json>) => Record<string, Json>,
): unknown {
  const accepted: Accepted | undefined = rig.records[index];
  const text = canonicalize(change(JSON.parse(accepted?.text ?? "") as Record<string, Json>));
  return replay(rig.kernel, before(rig, index), text);
}

describe("replay", () => {
  it("gives every record again from its bytes, at any place of the log", () => {
    const rig = logged();
    for (const [index, accepted] of rig.records.entries()) {
      expect(replay(rig.kernel, before(rig, index), accepted.text)).toMatchObject({
        ok: true,
        accepted: { leaf: accepted.leaf, heads: accepted.heads },
      });
    }
    expect(rig.records.at(-1)?.record).toMatchObject({ at: START + 1000, now: START + 993 });
  });

  it("gives a record again whose text is left to the strict way", () => {
    const rig = logged();
    // Half of a surrogate's escape, as plain text.
    const name = String.raw`\ud83d`;
    const inputs = { name };
    rig.must({ instance: "clinic/b", transition: "Ward_Admit", inputs, by: "clerk" });
    const last = rig.records.at(-1);
    expect(skimRecord(last?.text ?? "")).toBeUndefined();
    expect(replay(rig.kernel, before(rig, rig.records.length - 1), last?.text ?? "")).toMatchObject(
      {
        ok: true,
        accepted: { leaf: last?.leaf },
      },
    );
  });

  it("decides under the flags that the record names, whatever the world's are", () => {
    const rig = logged();
    const index = indexOf(rig, "Desk_Shut");
    const world = before(rig, index);
    world.flags = [7];
    expect(replay(rig.kernel, world, rig.records[index]?.text ?? "")).toMatchObject({
      ok: true,
      accepted: { record: { flags: [] } },
    });
  });

  it.each<[string, string, (record: Record<string, Json>) => Record<string, Json>]>([
    ["index", "index", (record) => ({ ...record, index: 99 })],
    ["prev", "prev", (record) => ({ ...record, prev: "0".repeat(64) })],
    ["at", "at", (record) => ({ ...record, at: 5 })],
    ["flags", "flags", (record) => ({ ...record, flags: [9] })],
    ["post", "post", (record) => ({ ...record, post: `sha256-${"1".repeat(64)}` })],
    ["pre", "pre", (record) => ({ ...record, pre: `sha256-${"1".repeat(64)}` })],
    ["seq", "seq", (record) => ({ ...record, seq: 9 })],
    ["configuration", "configuration", (record) => ({ ...record, configuration: ["LATE"] })],
    ["effects", "effects", (record) => ({ ...record, effects: { closed: [], opened: [] } })],
    [
      "outcomes",
      "outcomes",
      (record) => ({ ...record, outcomes: [{ guard: "g", ok: true, reasons: [] }] }),
    ],
    ["raised", "raised", (record) => ({ ...record, raised: [{ event: "e", taken: true }] })],
    ["reads", "reads", (record) => ({ ...record, reads: [] })],
    ["now", "now", (record) => ({ ...record, now: START - 1 })],
    ["verdict", "verdict", ({ verdict: _, ...record }) => record],
    ["a field more", "record", (record) => ({ ...record, zeal: 1 })],
  ])("tells a changed %s", (name, field, change) => {
    const rig = logged();
    const found = tampered(rig, indexOf(rig, "Desk_Shut"), change);
    if (name === "now") {
      // Another clock reading decides the same here: the bytes are its own.
      expect(found).toMatchObject({ ok: true });
      return;
    }
    expect(found).toMatchObject({ ok: false, index: indexOf(rig, "Desk_Shut") });
    expect((found as { field: string }).field).toContain(field);
  });

  it("tells a record that should have been refused, with the reason", () => {
    const rig = logged();
    const shut = indexOf(rig, "Desk_Shut");
    const forged = tampered(rig, shut, (record) => ({
      ...record,
      proposal: { ...(record["proposal"] as object), transition: "Desk_Late" },
    }));
    expect(forged).toEqual({
      ok: false,
      index: shut,
      field: "verdict",
      expected: "forbidden: nobody may propose Desk_Late: only the chart raises it",
      found: "accepted",
    });
  });

  it("tells redacted inputs, unknown engine records, charts that are not at hand, broken bytes", () => {
    const rig = logged();
    const hash = `sha256-${"2".repeat(64)}`;
    const redacted = tampered(rig, indexOf(rig, "Ward_Admit"), ({ inputs: _, ...record }) => ({
      ...record,
      inputs_ref: hash,
    }));
    expect(redacted).toMatchObject({ field: "inputs", found: "redacted" });
    const named = (transition: string) => (record: Record<string, Json>) => ({
      ...record,
      proposal: { ...(record["proposal"] as object), transition },
    });
    expect(tampered(rig, 1, named("@nope"))).toMatchObject({
      field: "proposal.transition",
      found: "@nope",
    });
    const chart = (inputs: Json) => (record: Record<string, Json>) => ({ ...record, inputs });
    expect(tampered(rig, 1, chart({ chart_hash: hash }))).toMatchObject({
      field: "inputs.chart_hash",
      expected: "a chart at hand",
      found: hash,
    });
    expect(tampered(rig, 1, chart({ chart_hash: 7 }))).toMatchObject({
      field: "inputs.chart_hash",
      found: "",
    });
    expect(tampered(rig, 1, chart({ chart_hash: desk.hash }))).toMatchObject({ field: "inputs" });
    const migrate = indexOf(rig, "@migrate");
    const inputs = rig.records[migrate]?.record.inputs ?? {};
    expect(tampered(rig, migrate, chart({ ...inputs, mapping: 1 }))).toMatchObject({
      field: "inputs.mapping",
      found: "1",
    });
    const { mapping: _mapping, ...unmapped } = inputs;
    expect(tampered(rig, migrate, chart(unmapped))).toMatchObject({ found: "null" });
    expect(tampered(rig, indexOf(rig, "@seal"), chart({}))).toMatchObject({ field: "verdict" });
    expect(tampered(rig, indexOf(rig, "@seal"), chart({ instance: 1 }))).toMatchObject({
      expected: "unknown_instance:  does not exist",
    });
    expect(replay(rig.kernel, before(rig, 1), "{")).toMatchObject({ ok: false, index: 1 });
  });

  it("tells fields that an engine record must not have", () => {
    const rig = logged();
    const timer = indexOf(rig, "@timer");
    const { now: _, ...bare } = rig.records[timer]?.record ?? {};
    expect(tampered(rig, timer, () => bare as Record<string, Json>)).toMatchObject({ ok: true });
    const signer = {
      ...rig.records[timer]?.record.proposal,
      signer: `hmmm:pubkey:${"x".repeat(43)}`,
    };
    expect(tampered(rig, timer, (record) => ({ ...record, proposal: signer }))).toMatchObject({
      field: "proposal",
    });
  });
});
