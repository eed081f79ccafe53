import { fileKind, workspaceOf } from "../file-kind.ts";
import { importsOf, resolveRelative } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";
import { folderOfPackage } from "./arrows.ts";

/** Node → the nodes it imports, with the line and file of the first such import. */
type Graph = ReadonlyMap<
  string,
  ReadonlyMap<string, { readonly file: string; readonly line: number }>
>;

/** No file imports itself at run time, over whatever way: what is half loaded is undefined at the worst moment. */
export const importCycles: Rule = {
  name: "import-cycles",
  check: (tree) =>
    cyclesOf(
      fileGraph(tree),
      "break it: hand the value in, or move what both need into a third file",
    ),
};

/** No package needs itself, over whatever way, types included. */
export const packageCycles: Rule = {
  name: "package-cycles",
  check: (tree) => cyclesOf(packageGraph(tree), "one of these packages must not know the other"),
};

function fileGraph(tree: Tree): Graph {
  return new Map(
    tree.typescript.map((file) => {
      const edges = new Map<string, { readonly file: string; readonly line: number }>();
      for (const found of importsOf(tree, file)) {
        if (found.how !== "runtime" || !found.specifier.startsWith(".")) continue;
        const target = resolveRelative(file, found.specifier);
        if (!edges.has(target)) edges.set(target, { file, line: found.line });
      }
      return [file, edges];
    }),
  );
}

function packageGraph(tree: Tree): Graph {
  const graph = new Map<string, Map<string, { readonly file: string; readonly line: number }>>();
  for (const file of tree.typescript.filter((path) => fileKind(path) === "source")) {
    const from = workspaceOf(file);
    if (from === undefined) continue;
    const edges =
      graph.get(from) ?? new Map<string, { readonly file: string; readonly line: number }>();
    graph.set(from, edges);
    for (const found of importsOf(tree, file)) {
      const to = found.specifier.startsWith(".")
        ? workspaceOf(resolveRelative(file, found.specifier))
        : folderOfPackage(found.specifier);
      if (to !== undefined && to !== from && !edges.has(to))
        edges.set(to, { file, line: found.line });
    }
  }
  return graph;
}

/** Depth first; every edge back onto the way that led here closes one cycle. */
function cyclesOf(graph: Graph, advice: string): readonly Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (node: string): void => {
    way.push(node);
    for (const [next, place] of graph.get(node) ?? []) {
      const start = way.indexOf(next);
      if (start >= 0) {
        const cycle = [...way.slice(start), next].join(" → ");
        findings.push({ ...place, message: `closes the cycle ${cycle}; ${advice}` });
      } else if (!done.has(next)) walk(next);
    }
    way.pop();
    done.add(node);
  };
  for (const node of graph.keys()) if (!done.has(node)) walk(node);
  return findings;
}
