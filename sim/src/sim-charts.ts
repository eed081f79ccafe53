import { readFileSync } from "node:fs";
import { createKernel, type CompiledChart, type Kernel } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";

/** Shelves and carts: a purchase moves both instances in one record, or neither. */
const SHELF = `
chart: shelf
version: 1
context: { type: object, required: [left], properties: { left: { type: integer, minimum: 0, maximum: 100 } } }
initialContext: { left: 0 }
creates: [Shelf_Fill]
initial: OPEN
states:
  OPEN:
    on:
      Shelf_Fill: { actions: [ { assign: { left: "inputs.n" } } ] }
      Shelf_Take: { guards: [some], actions: [ { assign: { left: "context.left - 1" } } ] }
transitions:
  Shelf_Fill: { by: [operator], inputs: { type: object, required: [n], properties: { n: { type: integer, minimum: 0, maximum: 100 } } } }
  Shelf_Take: { by: [], joinedBy: [cart.Cart_Buy] }
guards:
  some: { when: "context.left > 0", reason: "the shelf is empty" }
`;

const CART = `
chart: cart
version: 1
context: { type: object, required: [bought], properties: { bought: { type: integer, minimum: 0, maximum: 1000 } } }
initialContext: { bought: 0 }
creates: [Cart_Open]
initial: OPEN
states:
  OPEN:
    after: [ { id: idle, ms: "90000", raise: Cart_Idle } ]
    on:
      Cart_Open: {}
      Cart_Buy:
        actions:
          - assign: { bought: "context.bought + 1" }
          - join: { instance: "'shelf/' + inputs.shelf", transition: Shelf_Take, inputs: "{}" }
      Cart_Idle: { target: CLOSED }
      Cart_Close: { target: CLOSED }
  CLOSED: { type: final }
transitions:
  Cart_Open: { by: [client, operator] }
  Cart_Buy: { by: [client, operator], inputs: { type: object, required: [shelf], properties: { shelf: { type: string, pattern: "^[a-z]{1,8}$", maxLength: 8 } } } }
  Cart_Close: { by: [client, operator] }
  Cart_Idle: { by: [] }
`;

export interface SimCharts {
  readonly kernel: Kernel;
  readonly identity: CompiledChart;
  /** Installed at the beginning, in this order. */
  readonly others: readonly CompiledChart[];
}

/** The kernel and the charts of every seed; loaded once, for they are immutable. */
export function loadSimCharts(): SimCharts {
  const kernel = remembering(createKernel(nodeHasher));
  const file = (path: string): string =>
    readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const load = (text: string): CompiledChart => {
    const { chart, problems } = kernel.loadChartText(text);
    if (chart === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
    return chart;
  };
  return {
    kernel,
    identity: load(file("charts/identity.yaml")),
    others: [file("examples/order/example-chart.yaml"), SHELF, CART].map(load),
  };
}

/** Compiles each normal form once: a seed restarts many times, always on the same charts. */
function remembering(kernel: Kernel): Kernel {
  const compiled = new Map<string, ReturnType<Kernel["compileNormal"]>>();
  return {
    ...kernel,
    compileNormal: (text, otherCharts) => {
      const known = compiled.get(text) ?? kernel.compileNormal(text, otherCharts);
      compiled.set(text, known);
      return known;
    },
  };
}
