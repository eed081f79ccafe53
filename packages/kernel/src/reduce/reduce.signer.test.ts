import { describe, expect, it } from "vitest";
import { keyOf, loadChart, ORIGIN, Rig } from "./test/rig.ts";

const chart = loadChart(`
chart: petition
version: 1
config: { window: "backbeat:W-1" }
context:
  type: object
  required: [signers, late]
  properties:
    self: { type: string, maxLength: 400 }
    signers: { type: array, maxItems: 4, items: { type: string, maxLength: 55 } }
    late: { type: boolean }
initialContext: { signers: [], late: false }
initial: OPEN
states:
  OPEN:
    after: [ { id: close, ms: "1000", raise: Petition_Late } ]
    on:
      Petition_Sign: { actions: [ { assign: { signers: "signer == null ? context.signers : context.signers + [signer]", self: "[self.origin, self.instance, self.id, self.chart_hash].join(' ')" } } ] }
      Petition_Late: { target: CLOSED, guards: [byTheClock], actions: [ { assign: { late: "true" } } ] }
  CLOSED: { type: final }
transitions:
  Petition_Sign: { by: [operator, client], guards: [once, inWindow, person] }
  Petition_Late: { by: [] }
guards:
  once: { when: "signer != null && !(signer in context.signers)", reason: "{signer == null ? 'nobody' : signer} has signed already" }
  inWindow: { when: "window == config.window", reason: "window {window == null ? 'none' : window} is not the present one" }
  person: { when: "human", reason: "people sign petitions" }
  byTheClock: { when: "signer == null && window == null && !human", reason: "somebody proposed it" }
`);

const WINDOW = { window_id: "backbeat:W-1" };

describe("signer, window, human and self", () => {
  it("say of the instance what it is", () => {
    const rig = new Rig(chart);
    rig.must({ instance: "petition/a", transition: "Petition_Sign", body: WINDOW });
    const { context } = rig.document("petition/a");
    expect(context["self"]).toBe(`${ORIGIN} petition/a a ${chart.hash}`);
  });

  it("are those of the proposal, in guards, actions and reasons", () => {
    const rig = new Rig(chart);
    const sign = { instance: "petition/a", transition: "Petition_Sign" };
    expect(rig.propose(sign)).toMatchObject({
      kind: "refused",
      guard: "inWindow",
      reasons: ["window none is not the present one"],
    });
    expect(rig.propose({ ...sign, body: WINDOW }).kind).toBe("accepted");
    expect(rig.document("petition/a").context["signers"]).toEqual([keyOf("operator")]);
    expect(rig.propose({ ...sign, body: WINDOW })).toMatchObject({
      guard: "once",
      reasons: [`${keyOf("operator")} has signed already`],
    });
  });

  it("tell people from services", () => {
    const rig = new Rig(chart);
    rig.register("robot", [{ role: "client", scope: "petition/*" }]);
    rig.register("someone", [{ role: "client", scope: "petition/*" }], "human");
    const sign = { instance: "petition/a", transition: "Petition_Sign", body: WINDOW };
    expect(rig.propose({ ...sign, by: "robot" })).toMatchObject({
      reasons: ["people sign petitions"],
    });
    expect(rig.propose({ ...sign, by: "someone" }).kind).toBe("accepted");
  });

  it("are null in what the engine does by itself", () => {
    const rig = new Rig(chart);
    rig.propose({ instance: "petition/a", transition: "Petition_Sign", body: WINDOW });
    rig.at += 1_000;
    rig.mustAct({ act: "@timer", instance: "petition/a" });
    expect(rig.document("petition/a")).toMatchObject({
      configuration: ["CLOSED"],
      context: { late: true },
    });
  });
});
