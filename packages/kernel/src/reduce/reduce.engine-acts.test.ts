import { describe, expect, it } from "vitest";
import { ABSENT_HASH, valueHash } from "../hash.ts";
import type { JsonObject } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { BOX, DESK } from "./test/charts.ts";
import { CLINIC } from "./test/clinic.ts";
import { loadChart, mustBeRefused, Rig } from "./test/rig.ts";

const desk = loadChart(DESK);
const box = loadChart(BOX);
const clinic = loadChart(CLINIC);
const instance = "clinic/a";

describe("@chart", () => {
  it("installs a chart for new instances; living ones keep theirs", () => {
    const rig = new Rig(desk, box);
    const record = rig.records[1]?.record;
    expect(record).toMatchObject({
      pre: ABSENT_HASH,
      post: ABSENT_HASH,
      seq: 0,
      configuration: [],
      inputs: { chart: "desk", chart_hash: desk.hash, version: 1 },
      proposal: { instance: "chart/desk", transition: "@chart", current_state_hash: ABSENT_HASH },
    });
    expect(record?.proposal.inputs_hash).toBe(
      valueHash(nodeHasher, { chart: "desk", chart_hash: desk.hash, version: 1 }),
    );
    expect(record?.reads.map((read) => read.instance)).toEqual(["identity/node"]);
    rig.register("clerk", [{ role: "client", scope: "desk/*" }]);
    rig.must({ instance: "desk/a", transition: "Desk_Open", by: "clerk" });
    const second = loadChart(DESK.replace("version: 1", "version: 2"));
    rig.charts.set(second.hash, second);
    rig.mustAct({ act: "@chart", chart: second });
    rig.must({ instance: "desk/b", transition: "Desk_Open", by: "clerk" });
    rig.must({ instance: "desk/a", transition: "Desk_Away", by: "clerk" });
    expect(rig.document("desk/a").meta.version).toBe(1);
    expect(rig.document("desk/b").meta.version).toBe(2);
    expect([...rig.world.charts()].map((chart) => [chart.name, chart.version])).toEqual([
      ["identity", 1],
      ["desk", 1],
      ["box", 1],
      ["desk", 2],
    ]);
  });

  it("of an earlier version goes back to it", () => {
    const rig = new Rig(desk);
    const second = loadChart(DESK.replace("version: 1", "version: 2"));
    rig.charts.set(second.hash, second);
    rig.mustAct({ act: "@chart", chart: second });
    expect(rig.world.chart("desk")).toBe(second);
    rig.mustAct({ act: "@chart", chart: desk });
    expect(rig.world.chart("desk")).toBe(desk);
    expect([...rig.world.charts()].at(-1)).toBe(desk);
  });
});

describe("@seal", () => {
  it("says how an instance ended", () => {
    const rig = new Rig(desk);
    rig.register("clerk", [{ role: "client", scope: "desk/*" }]);
    const seal = { act: "@seal", instance: "desk/a" } as const;
    expect(mustBeRefused(rig.act(seal))).toMatchObject({
      code: "unknown_instance",
      reasons: ["desk/a does not exist"],
      head: null,
    });
    rig.must({ instance: "desk/a", transition: "Desk_Open", by: "clerk" });
    expect(mustBeRefused(rig.act(seal))).toMatchObject({
      code: "not_enabled",
      reasons: ["desk/a has not ended; only what has can be sealed"],
    });
    rig.must({ instance: "desk/a", transition: "Desk_Shut", by: "clerk" });
    const { record, heads } = rig.mustAct(seal);
    const hash = rig.head("desk/a")?.hash;
    expect(record).toMatchObject({
      inputs: { final_hash: hash, instance: "desk/a" },
      proposal: { instance: "journal/main", transition: "@seal" },
      reads: [{ hash, instance: "desk/a" }, { instance: "identity/node" }],
      seq: 0,
    });
    expect(heads).toEqual([]);
  });
});

function admitted(): Rig {
  const rig = new Rig(clinic);
  rig.register("staff", [{ role: "client", scope: "*" }]);
  rig.must({ instance, transition: "Ward_Admit", inputs: { name: "ann" }, by: "staff" });
  return rig;
}

/** Another version of the clinic, put among the charts at hand. */
function upgrade(
  rig: Rig,
  change: (yaml: string) => string,
): (mapping: JsonObject) => ReturnType<Rig["act"]> {
  const to = loadChart(change(CLINIC.replace("version: 1", "version: 2")));
  rig.charts.set(to.hash, to);
  return (mapping) => rig.act({ act: "@migrate", instance, to, mapping });
}

describe("@migrate", () => {
  it("carries an instance to another version as it stands", () => {
    const rig = admitted();
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    rig.must({ instance, transition: "Ward_Return", by: "staff" });
    const before = rig.document(instance);
    const verdict = upgrade(rig, (yaml) => yaml)({});
    expect(verdict.kind).toBe("accepted");
    const after = rig.document(instance);
    expect(after.meta).toMatchObject({ version: 2, seq: before.meta.seq + 1 });
    expect(after.meta.chart_hash).not.toBe(before.meta.chart_hash);
    expect(after.epoch).toEqual({ Desk: 2, Night: 2, Ward: 4 });
    expect({ ...after, meta: 0, epoch: 0, hlc_last: 0 }).toEqual({
      ...before,
      meta: 0,
      epoch: 0,
      hlc_last: 0,
    });
    expect(rig.records.at(-1)?.record.inputs).toMatchObject({
      chart: "clinic",
      mapping: {},
      version: 2,
    });
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
  });

  it("maps states with their timers, effects and history; sets and drops context", () => {
    const rig = admitted();
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    rig.must({ instance, transition: "Ward_Return", by: "staff" });
    const migrate = upgrade(rig, (yaml) =>
      yaml
        .replaceAll("STABLE", "CALM")
        .replaceAll("BUSY", "FULL")
        .replace("required: [beds, notes, count]", "required: [beds, count, added]")
        .replace("    extra:", "    added: { type: integer }\n    extra:")
        .replace("notes: [], count: 0 }", "count: 0, added: 1 }")
        .replace(/ {10}Ward_Late: .*\n/, "          Ward_Late: {}\n")
        .replace(/ {10}Ward_BeatRound: .*\n/, "          Ward_BeatRound: {}\n"),
    );
    const states = {
      "Ward.BUSY": "Ward.FULL",
      "Ward.BUSY.STABLE": "Ward.FULL.CALM",
      "Ward.BUSY.H": "Ward.FULL.H",
    };
    const verdict = migrate({ context: { added: 5, a0: [1] }, drop: ["a0"], states });
    // The order is drop, then set: `a0` stands and is not in the schema.
    expect(mustBeRefused(verdict).reasons[0]).toContain("context.a0");
    expect(migrate({ context: { added: 5 }, drop: ["notes"], states }).kind).toBe("accepted");
    const after = rig.document(instance);
    expect(after.configuration).toEqual(["Desk.OPEN", "Night.QUIET", "Ward.FULL.CALM"]);
    expect(after.context).toEqual({ added: 5, beds: { free: 2, last: "ann" }, count: 0 });
  });

  it.each<[string, JsonObject, string]>([
    [
      "a leaf that is no more",
      {},
      "Desk.OPEN, Night.QUIET, Ward.BUSY.STABLE is no configuration of clinic version 2",
    ],
    ["a timer without state", {}, "timer beatRound: no state Ward.BUSY in version 2; map it"],
    ["an effect without state", {}, "effect clinic/a#1.0: no state Ward.BUSY in version 2; map it"],
    ["a mapping of another shape", { more: 1 }, "the mapping is not {states, context, drop}"],
    ["states that are no map", { states: [] }, "the mapping is not"],
    ["a state that is no path", { states: { a: 1 } }, "the mapping is not"],
    ["context that is no object", { context: 1 }, "the mapping is not"],
    ["drop that is no list", { drop: {} }, "the mapping is not"],
    ["drop of no names", { drop: [1] }, "the mapping is not"],
    ["a key like an index", { context: { "7": 1 } }, "the mapping is not"],
  ])("is refused for %s", (_what, mapping, reason) => {
    const rig = admitted();
    const refused = mustBeRefused(upgrade(rig, (yaml) => yaml.replaceAll("BUSY", "FULL"))(mapping));
    expect(refused).toMatchObject({
      code: "chart_failed",
      head: { hash: rig.head(instance)?.hash },
    });
    expect(refused.reasons.join("\n")).toContain(reason);
  });

  it("is refused for an emit that is no more, another chart, an absent or ended instance", () => {
    const rig = admitted();
    const renamed = upgrade(rig, (yaml) =>
      yaml.replaceAll("care,", "nursing,").replace("cancel: care", "cancel: nursing"),
    );
    expect(mustBeRefused(renamed({})).reasons).toEqual([
      "effect clinic/a#1.0: no emit care in version 2",
    ]);
    expect(
      mustBeRefused(rig.act({ act: "@migrate", instance, to: desk, mapping: {} })).reasons,
    ).toEqual(["chart desk is no version of clinic"]);
    expect(
      mustBeRefused(rig.act({ act: "@migrate", instance: "clinic/b", to: clinic, mapping: {} }))
        .code,
    ).toBe("unknown_instance");
  });

  it("ends an instance whose mapped configuration is done", () => {
    const rig = admitted();
    const migrate = upgrade(rig, (yaml) =>
      yaml.replace("EMPTY: {", "OUT: { type: final }\n      EMPTY: {"),
    );
    const states = {
      "Ward.BUSY.STABLE": "Ward.OUT",
      "Desk.OPEN": "Desk.CLOSED",
      "Night.QUIET": "Night.OVER",
    };
    expect(migrate({ states }).kind).toBe("accepted");
    expect(rig.document(instance)).toMatchObject({
      effects: [],
      timers: [],
      meta: { ended: true },
    });
  });
});

const REMEMBERING = `
chart: memory
version: 1
context: { type: object }
initialContext: {}
initial: IN
states:
  IN:
    initial: P
    on: { Out: { target: AWAY } }
    states:
      P: { initial: A, states: { A: { on: { Go: { target: B } } }, B: {}, H: { type: history, history: shallow, target: A } } }
      G: { type: history, history: deep, target: P }
  AWAY: { on: { Back: { target: IN.G }, Other: { target: IN.P.H } } }
transitions: { Out: { by: [operator] }, Go: { by: [operator] }, Back: { by: [operator] }, Other: { by: [operator] } }
`;

describe("history of a migrated instance", () => {
  it("follows the mapping, in canonical order; what leads to states that are no more is forgotten", () => {
    const first = loadChart(REMEMBERING);
    const rig = new Rig(first);
    rig.must({ instance: "memory/a", transition: "Go" });
    rig.must({ instance: "memory/a", transition: "Out" });
    expect(rig.document("memory/a").history).toEqual({ "IN.G": ["IN.P.B"], "IN.P.H": ["IN.P.B"] });
    const renamed = REMEMBERING.replace("version: 1", "version: 2")
      .replaceAll("H:", "D:")
      .replaceAll(".H", ".D");
    const to = loadChart(renamed.replaceAll("G:", "Z:").replaceAll("IN.G", "IN.Z"));
    rig.charts.set(to.hash, to);
    const states = { "IN.G": "IN.Z", "IN.P.H": "IN.P.D" };
    rig.mustAct({ act: "@migrate", instance: "memory/a", to, mapping: { states } });
    expect(Object.entries(rig.document("memory/a").history)).toEqual([
      ["IN.P.D", ["IN.P.B"]],
      ["IN.Z", ["IN.P.B"]],
    ]);
    const gone = loadChart(renamed.replace("version: 2", "version: 3").replaceAll("B", "C"));
    rig.charts.set(gone.hash, gone);
    rig.mustAct({ act: "@migrate", instance: "memory/a", to: gone, mapping: {} });
    expect(rig.document("memory/a").history).toEqual({});
  });
});

describe("engine records", () => {
  it("are never accepted from outside", () => {
    const rig = admitted();
    for (const transition of ["@timer", "@seal", "@chart", "@genesis"]) {
      expect(rig.refused({ instance, transition }).code).toBe("unknown_transition");
    }
    for (const place of ["journal/main", "chart/clinic"]) {
      expect(rig.refused({ instance: place, transition: "@seal" }).code).toBe("unknown_chart");
    }
  });
});
