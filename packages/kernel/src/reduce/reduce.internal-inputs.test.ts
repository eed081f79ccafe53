import { describe, expect, it } from "vitest";
import { loadChart, Rig } from "./test/rig.ts";

const ECHO = `
chart: echo
version: 1
context:
  type: object
  required: [always, raised]
  properties: { always: { type: string, maxLength: 8 }, raised: { type: string, maxLength: 8 } }
initialContext: { always: "", raised: "" }
initial: QUIET
states:
  QUIET:
    on: { Echo_Call: { target: CALLED, actions: [ { raise: Echo_Ring } ] } }
  CALLED:
    always: [ { target: HEARD, actions: [ { assign: { always: "has(inputs.word) ? inputs.word : 'none'" } } ] } ]
  HEARD:
    on: { Echo_Ring: { actions: [ { assign: { raised: "has(inputs.word) ? 'leaked' : 'none'" } } ] } }
transitions:
  Echo_Call: { by: [operator], inputs: { type: object, properties: { word: { type: string, maxLength: 8 } } } }
  Echo_Ring: { by: [] }
`;

describe("inputs of internal events", () => {
  it("are empty for what the chart raises, and still the proposal's for always", () => {
    const rig = new Rig(loadChart(ECHO));
    rig.must({ instance: "echo/a", transition: "Echo_Call", inputs: { word: "hello" } });
    expect(rig.document("echo/a").context).toEqual({ always: "hello", raised: "none" });
  });
});
