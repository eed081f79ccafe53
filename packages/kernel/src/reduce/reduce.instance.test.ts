import { describe, expect, it } from "vitest";
import { ABSENT_HASH } from "../hash.ts";
import { BEAT, BOX, DESK } from "./test/charts.ts";
import { CLINIC } from "./test/clinic.ts";
import { loadChart, ORIGIN, Rig } from "./test/rig.ts";

const clinic = loadChart(CLINIC);
const desk = loadChart(DESK);
const box = loadChart(BOX);
const beat = loadChart(BEAT);
const instance = "clinic/a";
const admit = { instance, transition: "Ward_Admit", inputs: { name: "ann" }, by: "staff" };

function admitted(): Rig {
  const rig = new Rig(clinic, desk, box, beat);
  rig.register("staff", [
    { role: "client", scope: "*" },
    { role: "provider", scope: "*" },
  ]);
  rig.must(admit);
  return rig;
}

describe("creation", () => {
  it("enters the initial configuration and takes the event in one record", () => {
    const rig = admitted();
    const record = rig.records.at(-1)?.record;
    expect(record).toMatchObject({ pre: ABSENT_HASH, seq: 1 });
    expect(rig.document(instance)).toEqual({
      configuration: ["Desk.OPEN", "Night.QUIET", "Ward.BUSY.STABLE"],
      context: { beds: { free: 2, last: "ann" }, count: 0, notes: [] },
      effects: [
        {
          answer: ["Ward_Cared"],
          due: { at: rig.at + 1000 },
          effect: "Care",
          fence: 1,
          id: "clinic/a#1.0",
          name: "care",
          owner: "nurse",
          state: "Ward.BUSY",
          with: { name: 2 },
        },
      ],
      epoch: { Desk: 1, Night: 1, Ward: 1 },
      history: {},
      hlc_last: "2023-11-14T22:13:20.000+00:00#0",
      meta: {
        chart: "clinic",
        chart_hash: clinic.hash,
        ended: false,
        instance,
        origin: ORIGIN,
        seq: 1,
        version: 1,
      },
      timers: [
        { due: { beat: 3 }, event: "Ward_BeatRound", id: "beatRound", state: "Ward.BUSY" },
        { due: { at: rig.at + 500 }, event: "Ward_Round", id: "round", state: "Ward.BUSY" },
      ],
    });
  });

  it("takes project/default where no instance is named, and knows no other chart then", () => {
    const rig = admitted();
    expect(rig.refused({ transition: "Ward_Admit" })).toMatchObject({
      code: "unknown_chart",
      reasons: ['no chart "project" is installed for project/default'],
    });
    expect(rig.refused({ ...admit, instance: "clinic" }).reasons).toEqual([
      'no chart "" is installed for clinic',
    ]);
  });

  it("is for the transitions that may create", () => {
    const rig = admitted();
    expect(rig.refused({ instance: "desk/b", transition: "Desk_Shut", by: "staff" }).code).toBe(
      "unknown_instance",
    );
    expect(rig.refused({ instance: "box/b", transition: "Box_Put", by: "staff" })).toMatchObject({
      code: "forbidden",
      reasons: ["nobody may propose Box_Put: it happens only together with desk.Desk_Do"],
    });
  });

  it("leaves nothing behind where it is refused", () => {
    const rig = admitted();
    expect(rig.refused({ ...admit, instance: "clinic/b", inputs: {} }).code).toBe("inputs_invalid");
    expect(rig.head("clinic/b")).toBeUndefined();
    expect(rig.must({ ...admit, instance: "clinic/b" }).record.seq).toBe(1);
  });
});

describe("a chart written in another key order", () => {
  it("gives documents in canonical order", () => {
    const chart = loadChart(`
chart: order
version: 1
context: { type: object, required: [z, a], properties: { z: { type: object, properties: { y: { type: integer }, b: { type: integer } } }, a: { type: integer } } }
initialContext: { z: { y: 2, b: 3 }, a: 1 }
initial: A
states: { A: { on: { Go: {} } } }
transitions: { Go: { by: [operator] } }
`);
    const rig = new Rig(chart);
    rig.must({ instance: "order/a", transition: "Go" });
    expect(JSON.stringify(rig.document("order/a").context)).toBe('{"a":1,"z":{"b":3,"y":2}}');
  });
});

describe("seq and epochs", () => {
  it("grow by one: seq always, an epoch where a state was left or entered or an action ran", () => {
    const rig = admitted();
    const epochs = (): unknown => rig.document(instance).epoch;
    rig.must({ instance, transition: "Night_Fall", by: "staff" });
    expect(epochs()).toEqual({ Desk: 1, Night: 2, Ward: 1 });
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    rig.must({ instance, transition: "Ward_Return", by: "staff" });
    expect(epochs()).toEqual({ Desk: 1, Night: 2, Ward: 3 });
    // Desk's own action assigns the same value: that is an action all the same.
    rig.register("nurse", [{ role: "provider", scope: "clinic/*" }]);
    rig.must({ instance, transition: "Ward_Cared", by: "nurse" });
    rig.must(admit);
    expect(epochs()).toEqual({ Desk: 2, Night: 2, Ward: 5 });
    expect(rig.document(instance).meta.seq).toBe(6);
  });
});

describe("history", () => {
  it("is kept in the document by path, and led back to", () => {
    const rig = admitted();
    rig.at += 500;
    rig.mustAct({ act: "@timer", instance });
    expect(rig.document(instance).configuration).toContain("Ward.BUSY.CRITICAL");
    rig.must({ instance, transition: "Ward_Leave", by: "staff" });
    expect(rig.document(instance).history).toEqual({ "Ward.BUSY.H": ["Ward.BUSY.CRITICAL"] });
    expect(rig.document(instance).context["count"]).toBe(1);
    rig.must({ instance, transition: "Ward_Return", by: "staff" });
    expect(rig.document(instance).configuration).toContain("Ward.BUSY.CRITICAL");
  });
});

describe("the end", () => {
  it("closes effects, removes timers, and nothing is accepted any more", () => {
    const rig = new Rig(desk, box);
    rig.register("clerk", [{ role: "client", scope: "desk/*" }]);
    const shut = { instance: "desk/a", transition: "Desk_Shut", by: "clerk" };
    rig.must({ ...shut, transition: "Desk_Open" });
    // `keep` holds an effect open past its state, never past its instance.
    expect(rig.document("desk/a").effects.map((effect) => effect.id)).toEqual(["desk/a#1.0"]);
    const { record, effects } = rig.must(shut);
    expect(record.effects).toEqual({ closed: ["desk/a#1.0"], opened: [] });
    expect(effects.closed).toEqual(["desk/a#1.0"]);
    const document = rig.document("desk/a");
    expect(document).toMatchObject({ effects: [], timers: [], configuration: ["SHUT"] });
    expect(document.meta.ended).toBe(true);
    expect(rig.refused(shut).code).toBe("ended");
    expect(rig.act({ act: "@timer", instance: "desk/a" })).toMatchObject({ code: "ended" });
  });

  it("needs every region of a parallel root", () => {
    const rig = admitted();
    const close = { instance, transition: "Desk_Close", by: "staff" };
    const { record } = rig.must(close);
    expect(record.outcomes).toEqual([
      { guard: "wardEmpty", ok: false, reasons: ["the ward is busy"] },
    ]);
    expect(rig.document(instance).meta.ended).toBe(false);
    expect(rig.document(instance).configuration).toContain("Desk.CLOSED");
  });
});

const CHOICE = loadChart(`
chart: choice
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, maximum: 9 } } }
initialContext: { n: 0 }
initial: A
states:
  A:
    always: [ { target: GO, guards: [many, wanted] } ]
    on:
      Pick: [ { target: B, guards: [many, wanted] }, { target: C, guards: [wanted, few] }, { target: D } ]
      Only: [ { target: B, guards: [wanted, many] }, { target: B, guards: [never] } ]
  GO: { on: { Pick: {} } }
  B: { always: [ { target: GO, guards: [few, many] } ] }
  C: { always: [ { target: GO, guards: [few] } ] }
  D: { on: { Pick: {} } }
transitions:
  Pick: { by: [operator], inputs: { type: object, required: [ok, w], properties: { ok: { type: boolean }, w: { type: integer } } }, guards: [welcome, wanted] }
  Only: { by: [operator], inputs: { type: object, required: [ok, w], properties: { ok: { type: boolean }, w: { type: integer } } } }
guards:
  welcome: { when: inputs.ok, reason: "unwelcome {inputs.w}" }
  wanted: { when: "!has(inputs.w) || inputs.w > 0", reason: "unwanted" }
  many: { when: "context.n > 5", reason: "{context.n} is few" }
  few: { when: "context.n <= 5", reason: "many", okReason: "few: {context.n}" }
  never: { when: "1 / context.n > 0", reason: "never" }
`);

describe("guard outcomes", () => {
  const pick = { instance: "choice/a", transition: "Pick", inputs: { ok: true, w: 1 } };
  const names = (outcomes: readonly { guard: string; ok: boolean }[]): readonly string[] =>
    outcomes.map(({ guard, ok }) => (ok ? guard : `!${guard}`));

  it("stand in order: the transition's, the candidates', the initial microsteps', later ones; each once in a microstep", () => {
    const { record } = new Rig(CHOICE).must(pick);
    expect(names(record.outcomes)).toEqual([
      ...["welcome", "wanted", "!many", "few"],
      ...["!many", "wanted"],
      "few",
    ]);
    expect(record.outcomes[3]).toEqual({ guard: "few", ok: true, reasons: ["few: 0"] });
    expect(record.configuration).toEqual(["GO"]);
  });

  it("are all there when the transition's own guard refuses; nothing is taken", () => {
    const refused = new Rig(CHOICE).refused({ ...pick, inputs: { ok: false, w: 0 } });
    expect(refused).toMatchObject({
      code: "guard_failed",
      guard: "welcome",
      reasons: ["unwelcome 0"],
    });
    expect(names(refused.outcomes)).toEqual([
      ...["!welcome", "!wanted", "!many", "few"],
      ...["!many", "!wanted"],
    ]);
  });

  it("name the first false guard of the first candidate where no candidate holds; an error is false", () => {
    const rig = new Rig(CHOICE);
    const refused = rig.refused({ ...pick, transition: "Only", inputs: { ok: true, w: 1 } });
    expect(refused).toMatchObject({ guard: "many", reasons: ["0 is few"] });
    expect(refused.outcomes.slice(0, 3)).toEqual([
      { guard: "wanted", ok: true, reasons: [] },
      { guard: "many", ok: false, reasons: ["0 is few"] },
      { guard: "never", ok: false, reasons: ["error: division_by_zero"] },
    ]);
  });
});

describe("an accepted record", () => {
  it("reads the signer's identity, and beat/main where the chart names beats", () => {
    const rig = admitted();
    const last = rig.records.at(-1)?.record;
    expect(last?.reads).toEqual([
      { hash: ABSENT_HASH, instance: "beat/main" },
      { hash: rig.head("identity/staff")?.hash, instance: "identity/staff" },
    ]);
    const tick = {
      instance: "beat/main",
      transition: "Beat_Tick",
      inputs: { index: 5 },
      by: "staff",
    };
    expect(rig.must(tick).record.reads.map((read) => read.instance)).toEqual(["identity/staff"]);
    const next = rig.must({ instance, transition: "Ward_Leave", by: "staff" }).record;
    expect(next.reads[0]).toEqual({ hash: rig.head("beat/main")?.hash, instance: "beat/main" });
  });

  it("keeps a padded clock as it was signed and its normal form in the document", () => {
    const rig = admitted();
    const hlc = "2023-11-14T22:13:20.000+00:00#0007";
    const { record } = rig.must({ instance, transition: "Ward_Leave", by: "staff", hlc });
    expect(record.proposal.hlc).toBe(hlc);
    expect(rig.document(instance).hlc_last).toBe("2023-11-14T22:13:20.000+00:00#7");
  });

  it("takes an hlc equal to the instance's last, refuses the one before", () => {
    const rig = admitted();
    const leave = { instance, transition: "Ward_Leave", by: "staff" };
    rig.must({ ...leave, hlc: "2023-11-14T22:13:20.000+00:00#9" });
    const back = { ...leave, transition: "Ward_Return" };
    expect(rig.refused({ ...back, hlc: "2023-11-14T22:13:20.000+00:00#8" }).code).toBe(
      "clock_behind",
    );
    rig.must({ ...back, hlc: "2023-11-14T22:13:20.000+00:00#9" });
  });

  it.each([
    ["clock_behind", -120_001, "2023-11-14T22:11:19.999+00:00#0"],
    [undefined, -120_000, "2023-11-14T22:11:20.000+00:00#0"],
    [undefined, 60_000, "2023-11-14T22:14:20.000+00:00#0"],
    ["clock_ahead", 60_001, "2023-11-14T22:14:20.001+00:00#0"],
  ])("bounds of the clock: %s at %i ms", (code, _ms, hlc) => {
    const rig = admitted();
    const verdict = rig.ask({ ...admit, instance: "clinic/new", hlc });
    if (code === undefined) expect(verdict.kind).toBe("accepted");
    else expect(verdict).toMatchObject({ kind: "refused", code });
  });

  it("says by how much a clock is behind", () => {
    const rig = admitted();
    const hlc = "2023-11-14T22:11:19.999+00:00#0";
    expect(rig.refused({ ...admit, instance: "clinic/new", hlc }).reasons).toEqual([
      `hlc ${hlc} is 120001 ms behind the journal's clock; at most 120000 are allowed`,
    ]);
  });

  it("is decided again by the same key as the first answer, whatever this delivery carries", () => {
    const rig = admitted();
    const { record } = rig.must({ instance, transition: "Ward_Leave", by: "staff", idemKey: "k" });
    const seen = rig.seen(record);
    const again = {
      instance,
      transition: "Ward_Leave",
      by: "staff",
      idemKey: "k",
      seen,
      hash: ABSENT_HASH,
      hlc: "2001-01-01T00:00:00.000+00:00#0",
    };
    expect(rig.ask(again)).toEqual({ kind: "duplicate", index: record.index });
    for (const other of [
      { ...again, instance: "clinic/b" },
      { ...again, transition: "Ward_Return" },
      { ...again, inputs: { x: 1 } },
      { ...again, by: "operator" },
    ]) {
      expect(rig.ask(other)).toMatchObject({ kind: "refused", code: "idem_conflict" });
    }
    expect(rig.ask({ ...again, by: "nobody" })).toMatchObject({ code: "unknown_signer" });
  });
});
