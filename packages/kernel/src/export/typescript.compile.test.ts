import ts from "typescript";
import { describe, expect, it } from "vitest";
import { orderExample, yamlChart } from "./test/load-export-chart.ts";
import { toTypeScript } from "./typescript.ts";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  types: [],
  lib: ["lib.es2023.d.ts"],
};
/** The compiler's own declarations are read once. */
const LIBRARY = new Map<string, ts.SourceFile | undefined>();

/** Messages of the compiler for a program that uses the types, by line of the use. */
function compile(types: string, use: string): readonly string[] {
  const host = ts.createCompilerHost(OPTIONS);
  const files = new Map([
    ["/types.ts", types],
    ["/use.ts", use],
  ]);
  const read = host.readFile.bind(host);
  const exists = host.fileExists.bind(host);
  const source = host.getSourceFile.bind(host);
  host.readFile = (name) => files.get(name) ?? read(name);
  host.fileExists = (name) => files.has(name) || exists(name);
  host.getSourceFile = (name, options) => {
    const text = files.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, options);
    if (!LIBRARY.has(name)) LIBRARY.set(name, source(name, options));
    return LIBRARY.get(name);
  };
  const program = ts.createProgram(["/types.ts", "/use.ts"], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return `${file?.fileName ?? ""}:${line}`;
  });
}

describe("types of a chart", () => {
  const order = toTypeScript(orderExample().normal);

  it("compile, and let through what the chart lets through", () => {
    const use = `import type { OrderContext, OrderGuard, OrderInputs, OrderLeaf, OrderProposal, OrderProposable, OrderProjection, OrderRegion, OrderState, OrderTransition } from "./types.ts";
export const context: OrderContext = { items: ["a"], paid: false, retries: 0 };
export const noted: OrderContext = { ...context, note: "late" };
export const add: OrderInputs["Order_Add"] = { item: "a" };
export const submit: OrderInputs["Order_Submit"] = {};
export const proposal: OrderProposal = { transition: "Order_Add", inputs: { item: "a" } };
export const names: readonly [OrderTransition, OrderProposable, OrderGuard, OrderRegion, OrderProjection] = ["Payment_TimedOut", "Order_Hold", "flowDone", "Flow", "Control"];
export const paths: readonly [OrderLeaf, OrderState] = ["Flow.CHECKING.Payment.DONE", "Flow.CHECKING"];
`;
    expect(compile(order, use)).toEqual([]);
  }, 30_000);

  it("refuse what the chart refuses", () => {
    const use = `import type { OrderContext, OrderGuard, OrderInputs, OrderLeaf, OrderProposable, OrderProposal, OrderRegion } from "./types.ts";
export const missing: OrderContext = { items: ["a"], paid: false };
export const wrong: OrderContext = { items: [1], paid: false, retries: 0 };
export const changed = (context: OrderContext): void => void (context.items[0] = "x");
export const add: OrderInputs["Order_Add"] = {};
export const submit: OrderInputs["Order_Submit"] = { item: "a" };
export const proposal: OrderProposal = { transition: "Order_Submit", inputs: { item: "a" } };
export const never: OrderProposable = "Payment_TimedOut";
export const leaf: OrderLeaf = "Flow.CHECKING";
export const guard: OrderGuard = "nothing";
export const region: OrderRegion = "Payment";
`;
    const lines = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((line) => `/use.ts:${line}`);
    expect([...new Set(compile(order, use))]).toEqual(lines);
  }, 30_000);

  it("say every form of schema", () => {
    const text = toTypeScript(
      yamlChart(`
chart: all-forms_of
version: 3
context:
  type: object
  required: [kind]
  properties:
    kind: { enum: [a, 1, null, true] }
    fixed: { const: { x: [1, "b"], y: {} } }
    either: { type: [string, "null"] }
    list: { type: array, items: { type: [integer, boolean] } }
    lists: { type: array, items: { type: array, items: { type: string } } }
    map: { type: object, additionalProperties: { type: integer } }
    both: { type: object, required: [n], properties: { n: { type: string }, o: { type: boolean } }, additionalProperties: { type: integer } }
    "odd-key": { type: object, properties: { inner: { type: integer } } }
    empty: { type: object }
initialContext: { kind: a }
states: { A: { on: { Go: A } } }
transitions: { Go: { by: [] , joinedBy: [test.Go] } }
`).normal,
    );
    // Properties stand in canonical order, as in the normal form.
    expect(text).toContain(`export type AllFormsOfContext = {
  readonly both?: {
    readonly n: string;
    readonly o?: boolean;
    readonly [key: string]: number | string | boolean | undefined;
  };
  readonly either?: string | null;
  readonly empty?: Readonly<Record<string, never>>;
  readonly fixed?: { readonly x: readonly [1, "b"]; readonly y: Readonly<Record<string, never>> };
  readonly kind: "a" | 1 | null | true;
  readonly list?: readonly (number | boolean)[];
  readonly lists?: readonly (readonly string[])[];
  readonly map?: {
    readonly [key: string]: number;
  };
  readonly "odd-key"?: {
    readonly inner?: number;
  };
};`);
    expect(text).toContain("export type AllFormsOfProposable = never;");
    expect(text).toContain("export type AllFormsOfGuard = never;");
    expect(text).toContain("version 3");
    expect(compile(text, "export {};\n")).toEqual([]);
  }, 30_000);
});
