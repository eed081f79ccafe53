import { fileURLToPath } from "node:url";
import { toTypeScript } from "@swoosh/kernel";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { orderChart } from "../../kernel/src/testing/test-kernel.ts";

const FOLDER = fileURLToPath(new URL("./test/", import.meta.url));

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

/** The worlds that a user's program may live in: each has its own types of fetch, streams and keys. */
const WORLDS: readonly (readonly [string, ts.CompilerOptions])[] = [
  ["a browser", { lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], types: [] }],
  ["Node", { lib: ["lib.es2023.d.ts"], types: ["node"] }],
];

const PROGRAM = `import { createClient, createWebPorts, createWebSigner, generateWebSigner } from "@swoosh/sdk";
import type { OrderContext, OrderProposal } from "./order.ts";
const ports = createWebPorts(globalThis);
const signer = await createWebSigner(globalThis, { pem: "" });
await generateWebSigner(globalThis);
const stop = new AbortController();
const client = createClient({ url: "https://swoosh.example", signer, ports });
await client.propose("order/1", "Anything", { at: "all" }, { signal: stop.signal });
const orders = client.chartClient<{ proposal: OrderProposal; context: OrderContext }>("order");
await orders.propose("1", "Order_Add", { item: "tea" });
await orders.propose("1", "Order_Submit", {});
const state = await orders.state("1");
export const items: readonly string[] | undefined = state?.state?.context.items;
`;

/** Every line of it is wrong. */
const WRONG = `import type { Client } from "@swoosh/sdk"; import type { OrderContext, OrderProposal } from "./order.ts"; declare const client: Client; const orders = client.chartClient<{ proposal: OrderProposal; context: OrderContext }>("order");
await orders.propose("1", "Order_Ad", { item: "tea" });
await orders.propose("1", "Order_Add", {});
await orders.propose("1", "Order_Add", { item: 1 });
await orders.propose("1", "Order_Submit", { item: "tea" });
await orders.propose("1", "Payment_TimedOut", {});
await orders.dryRun("1", "Order_Add", { item: "tea", more: 1 });
export const paid: string | undefined = (await orders.state("1"))?.state?.context.paid;
`;

/** Lines of a user's program that do not compile, with the reason. */
function compile(options: ts.CompilerOptions, text: string): readonly string[] {
  const all = { ...OPTIONS, ...options };
  const host = ts.createCompilerHost(all);
  const files = new Map([
    [`${FOLDER}order.ts`, toTypeScript(orderChart().normal)],
    [`${FOLDER}program.ts`, text],
  ]);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => files.get(name) ?? readFile.call(host, name);
  host.fileExists = (name) => files.has(name) || fileExists.call(host, name);
  host.getSourceFile = (name, language) => {
    const own = files.get(name);
    if (own !== undefined) return ts.createSourceFile(name, own, language);
    if (!PARSED.has(name)) PARSED.set(name, getSourceFile.call(host, name, language));
    return PARSED.get(name);
  };
  const program = ts.createProgram([...files.keys()], all, host);
  // The user's own file alone: the SDK's are checked elsewhere, and what it uses of them is looked at anyway.
  const found = program.getSemanticDiagnostics(program.getSourceFile(`${FOLDER}program.ts`));
  return found.map(({ file, start, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
    return `${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

/** Sources that several compilations share are parsed once. */
const PARSED = new Map<string, ts.SourceFile | undefined>();

describe("a user's program", () => {
  it.each(WORLDS)("compiles in %s, with the types of a chart", (_, options) => {
    expect(compile(options, PROGRAM)).toEqual([]);
  });

  it("does not compile where the chart would refuse it", () => {
    const [, options = {}] = WORLDS[1] ?? [];
    const lines = compile(options, WRONG).map((text) => Number(text.split(":")[0]));
    expect([...new Set(lines)]).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });
});
