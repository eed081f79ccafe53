import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomChart } from "../interpret/test/random-chart.ts";
import { toMermaid } from "./mermaid.ts";
import { chartOf, orderExample, yamlChart } from "./test/load-export-chart.ts";

const RUNS = 200 * Number(process.env["SWOOSH_SOAK"] ?? 1);

/** The lines that the diagrams are made of: a part of Mermaid's grammar in which every text has one reading. */
const ID = "[A-Za-z_][A-Za-z0-9_]*";
const TEXT = String.raw`(?:[^:;"#<>{}&\x60\\%\n]|#\d+;)+`;
const BOX_TEXT = String.raw`(?:[^:;"#<>{}&\x60\\%\n]|#\d+;|<br/>)+`;
const LINES = {
  open: new RegExp(`^state "(${BOX_TEXT})" as (${ID}) \\{$`),
  leaf: new RegExp(`^state "(${TEXT})" as (${ID})$`),
  edge: new RegExp(`^(${ID}|\\[\\*\\]) --> (${ID}|\\[\\*\\])(?: : (${TEXT}))?$`),
  text: new RegExp(`^(${ID}) : (${TEXT})$`),
  close: /^\}$/,
};

interface Box {
  readonly id: string;
  readonly children: Set<string>;
  readonly edges: (readonly [string, string])[];
  /** Its children are regions, active together. */
  readonly isParallel: boolean;
}

/** Reads a diagram back; throws on a line that is not of the grammar. Boxes by id, the whole under ``. */
function read(diagram: string): ReadonlyMap<string, Box> {
  const [first, ...lines] = diagram.trimEnd().split("\n");
  expect(first).toBe("stateDiagram-v2");
  const whole: Box = { id: "", children: new Set(), edges: [], isParallel: false };
  const boxes = new Map([["", whole]]);
  const open = [whole];
  for (const line of lines.map((one) => one.trim())) {
    const top = open.at(-1);
    if (top === undefined) throw new Error("a brace too many");
    const [, title = "", id] = LINES.open.exec(line) ?? LINES.leaf.exec(line) ?? [];
    const edge = LINES.edge.exec(line);
    if (id !== undefined) {
      expect(boxes.has(id), `${id} stands once`).toBe(false);
      const box: Box = {
        id,
        children: new Set(),
        edges: [],
        isParallel: /^\w+ \(parallel\)/.test(title),
      };
      boxes.set(id, box);
      top.children.add(id);
      if (line.endsWith("{")) open.push(box);
    } else if (edge !== null) top.edges.push([edge[1] ?? "", edge[2] ?? ""]);
    else if (LINES.close.test(line)) open.pop();
    else if (!LINES.text.test(line)) throw new Error(`no line of a diagram: ${line}`);
  }
  expect(open).toEqual([whole]);
  return boxes;
}

function isDrawable(boxes: ReadonlyMap<string, Box>): void {
  for (const { children, edges, isParallel } of boxes.values()) {
    // An arrow from region to region would say that one is left for the other; one may begin anew.
    if (isParallel) expect(edges.filter(([from, to]) => from !== to)).toEqual([]);
    for (const [from, to] of edges) {
      // Mermaid lays out arrows between states of one parent only.
      if (from !== "[*]") expect(children).toContain(from);
      if (to !== "[*]") expect(children).toContain(to);
    }
  }
}

describe("Mermaid diagrams", () => {
  it("show the order example", () => {
    expect(toMermaid(orderExample().normal)).toBe(`stateDiagram-v2
  state "order (parallel)" as order {
    state "Flow<br/>Order_GiveUp → Flow.CANCELLED (internal)" as Flow {
      [*] --> Flow_DRAFT
      state "DRAFT" as Flow_DRAFT
      Flow_DRAFT : Order_Add / assign items = context.items + [inputs.item]
      state "CHECKING (parallel)" as Flow_CHECKING {
        state "Payment" as Flow_CHECKING_Payment {
          [*] --> Flow_CHECKING_Payment_WAITING
          state "WAITING" as Flow_CHECKING_Payment_WAITING
          Flow_CHECKING_Payment_WAITING : entry / emit pay#58; RequestPayment to 'payments' within config.paymentDeadlineMs ms
          state "RETRY" as Flow_CHECKING_Payment_RETRY
          Flow_CHECKING_Payment_RETRY : entry / assign retries = context.retries + 1
          state "GIVEN_UP" as Flow_CHECKING_Payment_GIVEN_UP
          Flow_CHECKING_Payment_GIVEN_UP : entry / raise Order_GiveUp
          state "DONE" as Flow_CHECKING_Payment_DONE
          Flow_CHECKING_Payment_DONE --> [*]
          Flow_CHECKING_Payment_WAITING --> Flow_CHECKING_Payment_DONE : Payment_Ok / assign paid = true
          Flow_CHECKING_Payment_WAITING --> Flow_CHECKING_Payment_RETRY : Payment_Failed
          Flow_CHECKING_Payment_WAITING --> Flow_CHECKING_Payment_RETRY : Payment_TimedOut
          Flow_CHECKING_Payment_RETRY --> Flow_CHECKING_Payment_WAITING : [retriesLeft]
          Flow_CHECKING_Payment_RETRY --> Flow_CHECKING_Payment_GIVEN_UP
        }
        state "Stock" as Flow_CHECKING_Stock {
          [*] --> Flow_CHECKING_Stock_RESERVING
          state "RESERVING" as Flow_CHECKING_Stock_RESERVING
          Flow_CHECKING_Stock_RESERVING : after 4 beats raise Stock_Nag
          Flow_CHECKING_Stock_RESERVING : Stock_Nag / assign note = 'stock is late'
          state "DONE" as Flow_CHECKING_Stock_DONE
          Flow_CHECKING_Stock_DONE --> [*]
          Flow_CHECKING_Stock_RESERVING --> Flow_CHECKING_Stock_DONE : Stock_Reserved / cancel nag
        }
      }
      state "SHIPPED" as Flow_SHIPPED
      Flow_SHIPPED --> [*]
      state "CANCELLED" as Flow_CANCELLED
      Flow_CANCELLED --> [*]
      Flow_DRAFT --> Flow_CHECKING : Order_Submit [notEmpty, stockOpen]
      Flow_DRAFT --> Flow_CANCELLED : Order_Cancel
      Flow_CHECKING --> Flow_CANCELLED : Order_Cancel
      Flow_CHECKING --> Flow_SHIPPED : done
    }
    state "Control" as Control {
      [*] --> Control_RUNNING
      state "RUNNING" as Control_RUNNING
      state "HELD" as Control_HELD
      Control_HELD : sticky, left by Order_Release
      state "CLOSED" as Control_CLOSED
      Control_CLOSED --> [*]
      Control_RUNNING --> Control_HELD : Order_Hold
      Control_RUNNING --> Control_CLOSED : [flowDone]
      Control_HELD --> Control_RUNNING : Order_Release
    }
  }
`);
  });

  it("are of the grammar, and drawable, for random charts", () => {
    const shape = { statesMax: 20, regionsMax: 3, regioned: true, raises: true, history: true };
    fc.assert(
      fc.property(randomChart(shape), (value) => {
        const chart = chartOf(value);
        const boxes = read(toMermaid(chart.normal));
        isDrawable(boxes);
        expect(boxes.size).toBe(chart.states.length + 1);
        const parallels = [...boxes.values()].filter(({ isParallel }) => isParallel).length;
        expect(parallels).toBe(chart.states.filter(({ kind }) => kind === "parallel").length);
      }),
      { numRuns: RUNS },
    );
  });

  const odd = yamlChart(
    `
chart: state
version: 1
regions: [root]
context: { type: object, properties: { s: { type: string } } }
states:
  end:
    initial: A
    onFailure: A
    states:
      A: { on: { Go: "#state.A_B", Self: A, Up: "#state.class" } }
      B_C: { on: { Go: "#state.end.B_C" , Other: { actions: [ { assign: { s: "'a: b; \\"c\\" \\\\\\\\ -- {d} <e> #f %% [[g]]'" } } ] } } }
      H: { type: history, target: A }
    on: { Go: B_C2, Back: "#state.end.H", Restart: end, Deep: { target: .B_C, internal: true } }
  end_B: { on: { Go: end } }
  end_B_C: { always: { target: end, guards: [p], actions: [ { raise: Go } ] } }
  A_B: { type: parallel, states: { x: { on: { Go: "#state.end.H" } }, y: {} }, on: { Next: end_B, More: end_B_C } }
  class: { on: { Go: end } }
  B_C2: { on: { Go: class } }
transitions: { Go: { by: [client] }, Self: { by: [client] }, Up: { by: [client] }, Back: { by: [client] }, Other: { by: [client] }, Restart: { by: [client] }, Deep: { by: [client] }, Next: { by: [client] }, More: { by: [client] } }
guards: { p: { when: "at > 5", reason: no } }
`.replace("    onFailure: A\n", ""),
  );
  const diagram = toMermaid(odd.normal);

  it("keep ids apart, and apart from Mermaid's words", () => {
    const boxes = read(diagram);
    isDrawable(boxes);
    expect([...boxes.keys()].sort()).toEqual([
      "",
      "A_B",
      "A_B_x",
      "A_B_y",
      "B_C2",
      "class_2",
      "end_2",
      "end_A",
      "end_B",
      "end_B_C",
      "end_B_C_2",
      "end_H",
      "state_2",
    ]);
  });

  it("escape what Mermaid would read", () => {
    expect(diagram).toContain(
      "end_B_C : Other / assign s = 'a#58; b#59; #34;c#34; #92;#92; #45;#45; #123;d#125; #60;e#62; #35;f #37;#37; #91;#91;g]]'",
    );
  });

  it("draw arrows over borders between the ancestors, with the true ends in words", () => {
    expect(diagram).toContain("    end_2 --> A_B : Go (end.A → A_B)\n");
    expect(diagram).toContain("    A_B --> end_2 : Go (A_B.x → end.H)\n");
    expect(diagram).toContain("      end_A --> end_A : Self\n");
  });

  it("tell in the box what stays inside of it", () => {
    expect(diagram).toContain(
      'state "end<br/>Back → end.H<br/>Restart → end<br/>Deep → end.B_C (internal)" as end_2 {',
    );
    expect(diagram).toContain('state "H (H)" as end_H');
    expect(diagram).toContain("end_H : default → end.A");
  });

  it("show transitions without event with what they do", () => {
    expect(diagram).toContain("end_B_C_2 --> end_2 : [p] / raise Go\n");
  });

  it("tell arrows from region to region in words", () => {
    const chart = yamlChart(`
regions: [root]
states:
  P:
    type: parallel
    states:
      One: { states: { A: { on: { Go: "#test.P.Two.Y" } } } }
      Two: { states: { X: { on: { Go: Y } }, Y: { on: { Go: X } } } }
transitions: { Go: { by: [client] } }
`);
    const text = toMermaid(chart.normal);
    isDrawable(read(text));
    expect(text).toContain("P_One_A : Go → P.Two.Y\n");
  });

  it("show failure states and initial states further down", () => {
    const chart = yamlChart(`
initial: [A.B]
states:
  A: { states: { C: { on: { Go: B } }, B: { on: { Go: C } }, Deep: { type: history, history: deep } }, exit: [ { raise: Go } ] }
onFailure: A
transitions: { Go: { by: [client] } }
`);
    const text = toMermaid(chart.normal);
    expect(text).toContain("[*] --> A : to A.B\n");
    expect(text).toContain('state "test<br/>on failure → A" as test {');
    expect(text).toContain('state "A<br/>exit / raise Go" as A {');
    expect(text).toContain('state "Deep (H*)" as A_Deep');
  });
});
