import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DESK } from "../reduce/test/charts.ts";
import { loadChart, Rig } from "../reduce/test/rig.ts";
import { replay } from "../reduce/replay.ts";
import { World } from "../reduce/world.ts";
import { decodeRecord } from "./decode-record.ts";
import { skimRecord } from "./skim-record.ts";

const rig = new Rig(loadChart(DESK));
rig.register("clerk", [{ role: "client", scope: "*" }]);
rig.must({ instance: "desk/a", transition: "Desk_Open", by: "clerk" });
const texts = rig.records.map(({ text }) => text);
const last = texts.at(-1) ?? "";

/** Replays a text in the place of the last record. */
function replayLast(text: string) {
  const world = new World((hash) => rig.charts.get(hash));
  for (const accepted of rig.records.slice(0, -1)) world.apply(accepted);
  return replay(rig.kernel, world, text);
}

describe("skimRecord", () => {
  it("gives what decodeRecord gives, of every record", () => {
    for (const text of texts) {
      const decoded = decodeRecord(text);
      expect(skimRecord(text)).toEqual(decoded.ok ? decoded.record : undefined);
    }
    expect(replayLast(last)).toMatchObject({ ok: true });
  });

  it.each<[string, (text: string) => string]>([
    ["a field more in the proposal", (text) => text.replace('"origin"', '"more":1,"origin"')],
    ["a proposal out of order", (text) => text.replace('"origin"', '"zeta":1,"origin"')],
    ["inputs with a fraction", (text) => text.replace('"inputs":{', '"inputs":{"a":0.5')],
    ["inputs with a number that is not safe", (text) => inputs(text, '{"a":9007199254740993}')],
    ["inputs with a lone surrogate", (text) => inputs(text, String.raw`{"a":"\ud800"}`)],
    ["inputs out of order", (text) => inputs(text, '{"b":1,"a":2}')],
    ["inputs with a key that names a prototype", (text) => inputs(text, '{"__proto__":1}')],
    ["inputs with a key like an index", (text) => inputs(text, '{"1":1}')],
    ["inputs that are a list", (text) => inputs(text, "[]")],
    ["inputs too deep", (text) => inputs(text, `{"a":${"[".repeat(99)}${"]".repeat(99)}}`)],
    ["a signature of another length", (text) => text.replace('"signature":"', '"signature":"A')],
    ["a verdict that is no truth", (text) => text.replace('"verdict":[]', '"verdict":[1]')],
    ["flags that are no numbers", (text) => text.replace('"flags":[', '"flags":["a"')],
    ["flags twice", (text) => text.replace('"flags":[', '"flags":[9,9')],
    ["a clock of another form", (text) => text.replace(/"hlc":"\d/u, '"hlc":"x')],
    ["a signer of another form", (text) => text.replace("hmmm:pubkey:", "hmmm:pubkey:A")],
    ["a time before time", (text) => text.replace(/"at":\d+/u, '"at":-1')],
    ["no proposal", (text) => text.replace(/"proposal":\{[^}]*\},/u, "")],
    ["a list", (text) => `[${text}]`],
    ["no JSON", (text) => text.slice(1)],
  ])("leaves %s to the strict way, which refuses it", (_name, change) => {
    const text = change(last);
    expect(text).not.toBe(last);
    expect(skimRecord(text)).toBeUndefined();
    expect(decodeRecord(text).ok).toBe(false);
    expect(replayLast(text).ok).toBe(false);
  });

  it("never lets replay accept a text that decodeRecord refuses", () => {
    const edit = fc.record({
      at: fc.nat(last.length),
      cut: fc.nat(12),
      put: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom(" ", '"a":1,', "1e0", "-0", "null", "[]", "{}", String.raw`\ud800`, "00"),
      ),
    });
    let accepted = 0;
    fc.assert(
      fc.property(edit, ({ at, cut, put }) => {
        const text = last.slice(0, at) + put + last.slice(at + cut);
        const replayed = replayLast(text);
        if (!replayed.ok) return;
        accepted += 1;
        expect(replayed.accepted.text).toBe(text);
        expect(decodeRecord(text).ok).toBe(true);
      }),
      { examples: [[{ at: 0, cut: 0, put: "" }]] },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

/** The same record with other inputs. */
function inputs(text: string, other: string): string {
  return text.replace(/"inputs":\{[^}]*\}/u, () => `"inputs":${other}`);
}
