import ts from "typescript";
import { fileKind } from "../file-kind.ts";
import { importsOf } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import { lineOf, visit, type Tree } from "../tree.ts";

/** Unit tests know no real time, no sleep, no fixed port, no shared folder: they pass on a slow machine, and twice at once. */
export const unitTests: Rule = {
  name: "unit-tests",
  check: (tree) =>
    tree.typescript
      .filter((file) => fileKind(file) === "test")
      .flatMap((file) => [...timers(tree, file), ...syntax(tree, file)]),
};

function timers(tree: Tree, file: string): readonly Finding[] {
  return importsOf(tree, file)
    .filter(({ specifier }) => /^(node:)?timers(\/|$)/.test(specifier))
    .map(({ specifier, line }) => ({
      file,
      line,
      message: `imports ${specifier}; hand a clock in and move it`,
    }));
}

const SLEEPERS = new Set(["setTimeout", "setInterval", "sleep", "delay"]);

function syntax(tree: Tree, file: string): readonly Finding[] {
  const source = tree.parse(file);
  const findings: Finding[] = [];
  visit(source, (node) => {
    const message = problem(node, source);
    if (message !== undefined) findings.push({ file, line: lineOf(source, node), message });
  });
  return findings;
}

function problem(node: ts.Node, source: ts.SourceFile): string | undefined {
  if (ts.isNewExpression(node)) {
    const now = node.expression.getText(source) === "Date" && (node.arguments?.length ?? 0) === 0;
    return now ? "new Date() reads the real clock; give the time" : undefined;
  }
  if (ts.isStringLiteralLike(node)) {
    if (/^\/(tmp|var|dev\/shm)\//.test(node.text))
      return `"${node.text}" is shared by all; use mkdtemp in the system's temporary folder`;
    return /^(https?|wss?):\/\/(localhost|127\.0\.0\.1):[1-9]/.test(node.text)
      ? `"${node.text}" is a fixed port; bind port 0 and ask for it`
      : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const called = node.expression.getText(source);
  if (called === "Date.now") return "Date.now() reads the real clock; give the time";
  // Without a time it waits for a word, which the test gives.
  const isTimed = called === "Atomics.wait" && node.arguments.length > 3;
  if (isTimed || SLEEPERS.has(called))
    return `${called} waits in real time; hand a clock in and move it`;
  const [port] = node.arguments;
  const fixed =
    called.endsWith(".listen") &&
    port !== undefined &&
    ts.isNumericLiteral(port) &&
    port.text !== "0";
  return fixed ? `listens on the fixed port ${port.text}; bind port 0 and ask for it` : undefined;
}
