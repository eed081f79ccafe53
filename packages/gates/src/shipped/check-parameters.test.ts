import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { checkParameters } from "./check-parameters.ts";
import { exportedSignatures } from "./exported-signatures.ts";
import { maskScript } from "./mask-script.ts";

/** `f(a,b)` for each function that the text exports. */
function read(text: string): readonly string[] {
  return exportedSignatures(maskScript(text).code).map(
    ({ name, parameters }) => `${name}(${parameters.join()})`,
  );
}

const SIGNATURES: Readonly<Record<string, readonly [text: string, ...expected: string[]]>> = {
  "several lines": ["export function f(\n  a: number,\n  b?: string,\n): void {}", "f(a,b)"],
  "types with commas": ["export function f(a: Map<string, number>, b: [x: 1, y: 2]) {}", "f(a,b)"],
  "type parameters": [
    "export function f<A extends (x: B, y: B) => C<D, E>, F = { g: 1 }>(a: A) {}",
    "f(a)",
  ],
  "the type of a function": ["export function f(a: (b: X<1, 2>, c: 2) => void, d: E) {}", "f(a,d)"],
  "an angle behind an arrow": ["export function f(a: (b: 1) => Map<D, E>, c: 4) {}", "f(a,c)"],
  "an arrow in an angle": ["export function f(a: A<(b: 1, c: 2) => D, E>, g: 1) {}", "f(a,g)"],
  "default values": [
    'export function f(a = g(1, 2), b = [3, 4], c = { d: 5, e: 6 }, h = "x,y(", i = `,${j(",")},`) {}',
    "f(a,b,c,h,i)",
  ],
  "comparisons in default values": [
    "export function f(a = b < c, d = e > g, h = 1) {}",
    "f(a,d,h)",
  ],
  "angles in default values": [
    "export function f(a = new Map<string, number>(), b = {} as Map<string, number>, c = 1) {}",
    "f(a,b,c)",
  ],
  "a function as default": ["export function f(a = (b: 1, c: 2) => b > c, d = 1) {}", "f(a,d)"],
  "left out": ["export function f(this: A, { b }: B, [c]: C, _d: D, ...e: E[]) {}", "f(e)"],
  "comments between": ["export function f(/* a, */ b: 1, // c, )\n  d: 2) {}", "f(b,d)"],
  "a type guard and generators": [
    "export function f(a: 1): a is 2 {}\nexport async function* g(b: 1) {}\nexport default function (c: 1) {}",
    ...["f(a)", "g(b)", "default(c)"],
  ],
  "arrows of constants": [
    "export const f = (a: 1): 2 => a;\nexport const g: G<(x: 1) => 2> = async (b, c) => {};\nexport const h = <T,>(d: T) => d;\nexport const i = e => e;\nexport const m: (x: 1) => 2 = (n) => 2;\nexport const j = async function k(l: 1) {};",
    ...["f(a)", "g(b,c)", "h(d)", "i(e)", "m(n)", "j(l)"],
  ],
  "constants that are no functions": [
    "export const a = (b + c) * d;\nexport const e = f((g) => g);\nexport const h = { i: (j) => j };\nexport const k: L = (m);\nexport let n;\nexport const o = /=> (p) =>/;",
  ],
  "overloads, without their implementation": [
    "export function f(a: 1): 1;\nexport function f(b: 2): 2;\nexport function f(c: 3) {}",
    ...["f(a)", "f(b)"],
  ],
  "classes with types that have braces": [
    "export abstract class A<T extends { a: (x: 1) => 2 }> extends m({ b: 1 }) implements C<{ d: 1 }> {\n  abstract e(f: 1): void;\n}",
    "A.e(f)",
  ],
  "members that are public": [
    "export class A {\n  static b(c: 1): void {}\n  async *d<E>(f: E): G {}\n  override h?(i: 1): J {}\n  @k(1) l(m: 1) {}\n}",
    ...["A.b(c)", "A.d(f)", "A.h(i)", "A.l(m)"],
  ],
  "members that nobody else sees": [
    "export class A {\n  #b(c: 1) {}\n  private d(e: 1) {}\n  protected async f(g: 1) {}\n  private constructor(h: 1) {}\n  set i(j: 1) {}\n}",
  ],
  "properties of a constructor": [
    "export class A {\n  constructor(private readonly a: 1, public b = 2, @C() d: 3) {\n    e(f);\n  }\n}",
    "A.constructor(a,b,d)",
  ],
  "properties, whatever calls they end in": [
    "export class A {\n  a =\n    b(c);\n  d: E<(f: 1) => 2> = g(h);\n  i = (j: 1) => {\n    k(l);\n  };\n  m = n ?\n    o(p) : q(r);\n  u = typeof\n    v(w);\n  x = y ? (z) =>\n    aa(bb) : cc;\n  s(t: 1) {}\n}",
    "A.s(t)",
  ],
  "classes without semicolons, in a line": [
    "export class A { b = 1\n  c(d) {}\n}\nexport class E { f(g) {} h(i) {} }",
    ...["A.c(d)", "E.f(g)", "E.h(i)"],
  ],
  "a class that is only declared": [
    "export declare class A {\n  constructor(b: 1);\n  c(d: 1): void;\n}",
    ...["A.constructor(b)", "A.c(d)"],
  ],
  "text that looks like code": [
    'const a = `\nexport function b(c) {}\n${d(`}`, "`", /`/)}`;\n/*\nexport function e(f) {}\n*/\nexport function g(h) {}',
    "g(h)",
  ],
  "templates with holes": [
    "const a = `${b(/`/)}`;\nexport function c(d) {}\nconst e = `${[{}, /`/]}`;\nexport function f(g) {}",
    ...["c(d)", "f(g)"],
  ],
  slashes: [
    "const a = b / c; const d = /[/(]\\/{/g;\nexport function e(f = g / 2, h = /\\(,/) {}",
    "e(f,h)",
  ],
  "what a namespace exports": [
    "export namespace A {\n  export function b(c: 1) {}\n  function d(e: 1) {}\n}",
    "b(c)",
  ],
  "what nobody exports": ["function a(b) {}\nclass C { d(e) {} }\nexport { a, C };"],
  "a file that is cut off": ["export class A {\n  b(c: Map<string, `${d", "A.b(c)"],
};

describe("exportedSignatures", () => {
  it.each(Object.keys(SIGNATURES))("reads %s", (name) => {
    const [text = "", ...expected] = SIGNATURES[name] ?? [];
    expect(read(text)).toEqual(name === "a file that is cut off" ? [] : expected);
  });

  it("finds in these sources what the compiler finds", () => {
    const folder = join(import.meta.dirname, "..");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(join(folder, path), "utf8"));
    const found = files.flatMap(read);
    expect(found).toEqual(files.flatMap(compiled));
    expect(found.length).toBeGreaterThan(100);
  });
});

/** The same by the syntax tree. */
function compiled(text: string): readonly string[] {
  return ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest).statements.flatMap((one) => {
    if (!isExported(one)) return [];
    if (ts.isFunctionDeclaration(one)) return [nameOf(one.name?.text, one)];
    if (ts.isVariableStatement(one))
      return one.declarationList.declarations
        .slice(0, 1)
        .flatMap(({ name, initializer: value }) =>
          value !== undefined && ts.isArrowFunction(value) && ts.isIdentifier(name)
            ? [nameOf(name.text, value)]
            : [],
        );
    if (!ts.isClassDeclaration(one)) return [];
    return one.members.flatMap((member) => {
      if (ts.isConstructorDeclaration(member))
        return [nameOf(`${one.name?.text}.constructor`, member)];
      return ts.isMethodDeclaration(member) && ts.isIdentifier(member.name)
        ? [nameOf(`${one.name?.text}.${member.name.text}`, member)]
        : [];
    });
  });
}

function isExported(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function nameOf(name: string | undefined, { parameters }: ts.SignatureDeclarationBase): string {
  const plain = parameters.flatMap(({ name: one }) =>
    ts.isIdentifier(one) && !one.text.startsWith("_") ? [one.text] : [],
  );
  return `${name}(${plain.join()})`;
}

describe("checkParameters", () => {
  const said = (text: string): readonly string[] =>
    checkParameters([{ path: "a.ts", text }]).map(({ line, message }) =>
      `${line} ${message}`.replace(
        / is not named in the comment above; say what it is$|the parameter /g,
        "",
      ),
    );

  it("tells the line of the declaration, the function and the parameter", () => {
    expect(
      said(
        "/** `a`. */\nexport function f(\n  a: 1,\n  b: 2,\n): void {}\n\nexport class C {\n  m(c: 1): void {}\n}\n",
      ),
    ).toEqual(["2 f: b", "8 C.m: c"]);
  });

  it.each([
    "/** The `a`. */\nexport function f(a: 1) {}",
    "// The a is one.\n// More.\nexport function f(a: 1) {}",
    "/**\n * Of\n * a.\n */\n// lint is silent\n@d()\nexport class C {\n  constructor(a: 1) {}\n}",
    "export class C {\n  /** The a. */\n  @d(1)\n  m(a: 1): void {}\n}",
    "/** $a stands here. */\nexport function f($a: 1) {}",
  ])("is content with %j", (text) => {
    expect(said(text)).toEqual([]);
  });

  it.each([
    "/** As b, ab, a1, a_ and $a are. */\nexport function f(a: 1) {}",
    "/** a */\n\nexport function f(a: 1) {}",
    "/** a */\nconst b = 1;\nexport function f(a: 1) {}",
    "const b = 1; // a\nexport function f(a: 1) {}",
    "/** a */ export function f(a: 1) {}",
    "export function f(/** a */ a: 1) {}",
    "export function f(a: 1) {\n  // a\n}",
    "/** A */\nexport function f(a: 1) {}",
    "`\n/** a */\n`\nexport function f(a: 1) {}",
    "/** Of a. */\nexport class C {\n  m(a: 1): void {}\n}",
  ])("is not content with %j", (text) => {
    expect(said(text).map((one) => one.slice(one.indexOf(" ") + 1))).toEqual([
      expect.stringMatching(/: a$/),
    ]);
  });

  it("looks at TypeScript and JavaScript alone", () => {
    const text = "export function f(a) {}";
    const found = ["a.ts", "a.mts", "a.js", "a.mjs", "a.cjs", "a.py", "a.md", "a.css"].filter(
      (path) => checkParameters([{ path, text }]).length > 0,
    );
    expect(found).toEqual(["a.ts", "a.mts", "a.js", "a.mjs", "a.cjs"]);
  });
});
