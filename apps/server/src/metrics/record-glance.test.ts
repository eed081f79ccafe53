import { canonicalize, decodeRecord, instanceOf, type JsonObject } from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { glanceAtRecord, instanceOfProposal } from "./record-glance.ts";

let rig: HttpRig;
beforeAll(async () => {
  rig = await HttpRig.open();
});
afterAll(() => rig.close());

/** What a hostile proposer writes to be taken for something else. */
const LURE = '"transition":"Lure","inputs_hash":"sha256-","instance":"lure/l","post":"","parts":[]';

describe("a glance at a record", () => {
  it("sees what reading it whole gives, whatever its texts hold", async () => {
    await rig.flip("a");
    await rig.mustPropose({
      instance: "switch/b",
      transition: "Switch_Flip",
      justification: `${LURE}\\${LURE}`,
    });
    await rig.mustPropose({
      instance: "identity/lure",
      transition: "Identity_Register",
      inputs: {
        key: `hmmm:pubkey:${"A".repeat(43)}`,
        kind: "human",
        roles: [{ role: "client", scope: "transition/parts*" }],
      },
    });
    for (const text of await rig.node.engine.records(0, 1_000)) {
      const decoded = decodeRecord(text);
      if (!decoded.ok) throw new Error("a record does not decode");
      const { configuration, parts, proposal } = decoded.record;
      expect(glanceAtRecord(text)).toEqual({
        transition: proposal.transition,
        instance: instanceOf(proposal),
        configuration: JSON.stringify(configuration),
        hasParts: parts.length > 0,
      });
    }
  });
});

describe("the instance of a proposal", () => {
  const hash = `sha256-${"0".repeat(64)}`;
  const whole: JsonObject = { inputs: { instance: "x/y" }, inputs_hash: hash, instance: "flag/a" };
  it.each([
    ["in canonical order", canonicalize(whole), "flag/a"],
    [
      "in another order, with spaces",
      JSON.stringify({ instance: "flag/a", ...whole }, null, 2),
      "flag/a",
    ],
    [
      "left out",
      canonicalize({ inputs: { instance: "x/y" }, inputs_hash: hash }),
      "project/default",
    ],
    ["no text", canonicalize({ inputs_hash: hash, instance: 1 }), undefined],
    ["no JSON", "{", undefined],
    ["no object", "[]", "project/default"],
  ])("is found: %s", (_what, text, instance) => {
    expect(instanceOfProposal(text)).toBe(instance);
  });
});
