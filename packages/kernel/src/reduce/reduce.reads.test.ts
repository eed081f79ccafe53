import { describe, expect, it } from "vitest";
import { ABSENT_HASH } from "../hash.ts";
import type { Attestation, NativeGuard } from "../chart/native-guard.ts";
import { attestations } from "./attestations.ts";
import { BEAT } from "./test/charts.ts";
import { keyOf, loadChart, Rig } from "./test/rig.ts";

const SHOP = loadChart(`
chart: shop
version: 1
config: { main: main }
context: { type: object, required: [seen, names], properties: { seen: { type: integer }, names: { type: array, maxItems: 4, items: { type: string, maxLength: 40 } } } }
initialContext: { seen: 0, names: [] }
reads:
  beat: "'beat/' + config.main"
  all: "context.names.map(n, 'shop/' + n)"
  odd: "'shop/' + string(10 / context.seen)"
initial: A
states:
  A:
    on:
      Look: { actions: [ { assign: { seen: "reads.beat != null && has(reads.beat.context.beat_index) ? reads.beat.context.beat_index : -1" } } ] }
      Name: { actions: [ { assign: { names: inputs.names } } ] }
      Count: { guards: [two], actions: [ { assign: { seen: "reads.all.size()" } } ] }
      Odd: { guards: [oddOne] }
transitions:
  Look: { by: [operator], guards: [beatThere] }
  Name: { by: [operator], inputs: { type: object, required: [names], properties: { names: { type: array, maxItems: 4, items: { type: string, maxLength: 40 } } } } }
  Count: { by: [operator] }
  Odd: { by: [operator] }
guards:
  beatThere: { when: "reads.beat != null && 'ON' in reads.beat.configuration", reason: "no beat" }
  two: { when: "has(reads.all.a) && reads.all.a != null && has(reads.all.a.context.seen) && reads.all.a.context.seen > 0", reason: "a has not looked" }
  oddOne: { when: "reads.odd == null", reason: "{reads.odd}", okReason: "absent" }
`);
const beat = loadChart(BEAT);

function shop(): Rig {
  const rig = new Rig(SHOP, beat);
  rig.register("staff", [{ role: "provider", scope: "*" }]);
  return rig;
}
const readsOf = (rig: Rig): readonly string[] =>
  rig.records.at(-1)?.record.reads.map((read) => read.instance) ?? [];

describe("reads", () => {
  it("are null while the instance is absent, its head as of before the record else, and are recorded either way", () => {
    const rig = shop();
    const look = { instance: "shop/a", transition: "Look" };
    expect(rig.refused(look)).toMatchObject({ code: "guard_failed", reasons: ["no beat"] });
    rig.must({ instance: "beat/main", transition: "Beat_Tick", inputs: { index: 4 }, by: "staff" });
    const { record } = rig.must(look);
    expect(rig.document("shop/a").context["seen"]).toBe(4);
    expect(record.reads).toEqual([
      { hash: rig.head("beat/main")?.hash, instance: "beat/main" },
      { hash: rig.head("identity/operator")?.hash, instance: "identity/operator" },
    ]);
  });

  it("of a list give a map by id; what is no instance is null and not recorded", () => {
    const rig = shop();
    rig.must({ instance: "beat/main", transition: "Beat_Tick", inputs: { index: 4 }, by: "staff" });
    rig.must({ instance: "shop/a", transition: "Look" });
    const names = ["b", "a", "no id!"];
    rig.must({ instance: "shop/c", transition: "Name", inputs: { names } });
    rig.must({ instance: "shop/c", transition: "Count" });
    expect(rig.document("shop/c").context["seen"]).toBe(3);
    expect(readsOf(rig)).toEqual(["identity/operator", "shop/a", "shop/b"]);
    expect(rig.records.at(-1)?.record.reads[2]?.hash).toBe(ABSENT_HASH);
  });

  it("whose expression errs are null", () => {
    const rig = shop();
    const odd = { instance: "shop/a", transition: "Odd" };
    rig.must(odd);
    // 10 / 0 in the id: nothing is looked at.
    expect(readsOf(rig)).toEqual(["identity/operator"]);
    rig.must({ instance: "beat/main", transition: "Beat_Tick", inputs: { index: 4 }, by: "staff" });
    rig.must({ ...odd, transition: "Look" });
    rig.must(odd);
    expect(readsOf(rig)).toEqual(["identity/operator", "shop/2"]);
    rig.must({ instance: "shop/2", transition: "Name", inputs: { names: [] } });
    expect(rig.refused(odd).reasons[0]).toBe(
      `{"configuration":["A"],"context":{"names":[],"seen":0},"hash":"${rig.head("shop/2")?.hash}"}`,
    );
  });
});

/** Wants each of `signers` to have signed `text`, and `file` to be stored. */
const signed: NativeGuard = {
  name: "signed",
  version: 1,
  arguments: {
    type: "object",
    required: ["signers", "text"],
    properties: {
      signers: { type: "array", items: { type: "string", maxLength: 60 }, maxItems: 4 },
      text: { type: "string", maxLength: 20 },
    },
  },
  attest(args) {
    const signers = args["signers"];
    if (!Array.isArray(signers)) return [];
    const asked = signers.map((key): Attestation => ({
      kind: "signature",
      key: String(key),
      type: "t",
      payload: args["text"] ?? null,
      payload_hash: `hash of ${String(args["text"])}`,
      signature: "x",
    }));
    return [...asked, { kind: "evidence", hash: `sha256-${String(args["text"])}` }];
  },
  check(_args, verdict, registry) {
    registry.identityOf(keyOf("operator"));
    const reasons = verdict.map((holds) => `${String(holds)} ${"y".repeat(300)}`);
    return {
      ok: verdict.length > 0 && verdict.every(Boolean),
      reasons: [...reasons, ...reasons, ...reasons],
    };
  },
};

const COUNCIL = loadChart(
  `
chart: council
version: 1
context: { type: object, required: [text], properties: { text: { type: string, maxLength: 20 } } }
initialContext: { text: first }
initial: NEW
states:
  NEW: { on: { Vote: { target: A, guards: [again] }, Twice: { target: A } } }
  A: { always: [ { target: B, guards: [again] } ], on: { Vote: {}, Bad: {}, Twice: {} } }
  B: { on: { Vote: { target: C, guards: [again] } } }
  C: { type: final }
transitions:
  Vote: { by: [operator], inputs: { type: object, required: [signers], properties: { signers: { type: array, maxItems: 6, items: { type: string, maxLength: 80 } } } }, guards: [signed] }
  Twice: { by: [operator] }
  Bad: { by: [operator], inputs: { type: object, required: [n], properties: { n: { type: integer } } }, guards: [wrong] }
guards:
  signed: { native: signed, with: { text: context.text, signers: inputs.signers } }
  again: { native: signed, with: { signers: "['k1']", text: context.text } }
  wrong: { native: signed, with: { signers: "[string(1 / inputs.n)]", text: context.text } }
`,
  [signed],
);

describe("attestations", () => {
  const vote = { instance: "council/a", transition: "Vote", inputs: { signers: ["k1", "k2"] } };

  it("are asked once each: of the transition's guards, then of the candidates'", () => {
    const rig = new Rig(COUNCIL);
    const asked = attestations(rig.kernel, rig.world, rig.input(vote));
    expect(asked.map((one) => (one.kind === "signature" ? one.key : one.hash))).toEqual([
      "k1",
      "k2",
      "sha256-first",
    ]);
  });

  it("come back as verdict, are recorded, and later microsteps see what was asked", () => {
    const rig = new Rig(COUNCIL);
    const { record } = rig.must({ ...vote, verdict: [true, true, true] });
    expect(record.verdict).toEqual([true, true, true]);
    expect(record.configuration).toEqual(["B"]);
    expect(record.outcomes.map((one) => [one.guard, one.ok])).toEqual([
      ["signed", true],
      ["again", true],
      ["again", true],
    ]);
    expect(record.outcomes[0]?.reasons).toHaveLength(8);
    expect(record.outcomes[0]?.reasons[0]).toHaveLength(256);
    expect(record.reads.map((read) => read.instance)).toEqual(["identity/operator"]);
  });

  it.each([
    ["one that is false", [true, false, true], "signed"],
    ["one that is missing", [true, true], "signed"],
    ["none", [], "signed"],
  ])("refuse with %s", (_what, verdict, guard) => {
    const rig = new Rig(COUNCIL);
    expect(rig.refused({ ...vote, verdict })).toMatchObject({ code: "guard_failed", guard });
  });

  it("that were not asked for are false in later microsteps", () => {
    const rig = new Rig(COUNCIL);
    const { record } = rig.must({ instance: "council/a", transition: "Twice" });
    expect(record.outcomes).toHaveLength(1);
    expect(record.outcomes[0]).toMatchObject({ guard: "again", ok: false });
    expect(record.configuration).toEqual(["A"]);
  });

  it("are none where arguments cannot be had; the guard says why", () => {
    const rig = new Rig(COUNCIL);
    rig.must({ instance: "council/a", transition: "Twice" });
    const bad = { instance: "council/a", transition: "Bad", inputs: { n: 0 } };
    expect(attestations(rig.kernel, rig.world, rig.input(bad))).toEqual([]);
    expect(rig.refused(bad)).toMatchObject({
      guard: "wrong",
      reasons: ["error: division_by_zero"],
    });
    const long = { ...vote, inputs: { signers: ["k".repeat(61)] } };
    expect(attestations(rig.kernel, rig.world, rig.input(long))).toEqual([]);
    const refused = rig.refused(long);
    expect(refused.guard).toBe("signed");
    expect(refused.reasons[0]).toContain("signed.signers[0]: ");
  });

  it("are none for what cannot be proposed, or wants none", () => {
    const rig = new Rig(COUNCIL);
    const none = (proposed: object): unknown =>
      attestations(rig.kernel, rig.world, rig.input({ ...vote, ...proposed }));
    expect(none({ instance: "nope/a" })).toEqual([]);
    expect(none({ transition: "Nope" })).toEqual([]);
    rig.must({ ...vote, verdict: [true, true, true] });
    rig.must({ ...vote, verdict: [true, true, true] });
    expect(rig.document("council/a").meta.ended).toBe(true);
    expect(none({})).toEqual([]);
    expect(none({ instance: "council/b", transition: "Twice" })).toEqual([]);
  });
});
