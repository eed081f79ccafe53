import ts from "typescript";
import { fileKind } from "../file-kind.ts";
import { codePieces, pagesOf, type CodePiece } from "../code-pieces.ts";
import type { Rule } from "../rule.ts";
import { visit, type Tree } from "../tree.ts";

/** Every `make`, `npm run` and `swoosh` command in a page is a real one. */
export const docCommands: Rule = {
  name: "doc-commands",
  check: (tree) => {
    const known: Known = {
      targets: targetsOf(tree),
      scripts: scriptsOf(tree),
      commands: commandsOf(tree),
    };
    return pagesOf(tree).flatMap((page) =>
      codePieces(tree, page).flatMap((piece) =>
        wrongCommands(piece, known).map((message) => ({
          file: piece.file,
          line: piece.line,
          message,
        })),
      ),
    );
  },
};

interface Known {
  readonly targets: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
  /** `chart`, `chart check`. */
  readonly commands: ReadonlySet<string>;
}

function wrongCommands(piece: CodePiece, known: Known): readonly string[] {
  const wrong: string[] = [];
  // Command lines begin the piece or follow a prompt, an `&&`, a pipe or a comment sign.
  for (const part of piece.text.split(/&&|\|\s|\$\s|#/)) {
    const words = part.trim().split(/\s+/);
    const [first, second = "", third = ""] = words[0] === "npx" ? words.slice(1) : words;
    if (first === "make" && /^[a-z]/.test(second) && !known.targets.has(second)) {
      wrong.push(`make ${second} is no target of the Makefile; correct the page`);
    } else if (first === "npm" && second === "run" && third !== "" && !known.scripts.has(third)) {
      wrong.push(`npm run ${third} is no script of any package.json; correct the page`);
    } else if (first === "swoosh") wrong.push(...wrongSwoosh(second, third, known.commands));
  }
  return wrong;
}

function wrongSwoosh(
  command: string,
  rest: string,
  commands: ReadonlySet<string>,
): readonly string[] {
  if (!/^[a-z][a-z-]*$/.test(command)) return [];
  if (!commands.has(command)) return [`swoosh ${command} is no command; correct the page`];
  const hasChildren = [...commands].some((one) => one.startsWith(`${command} `));
  if (!hasChildren || !/^[a-z][a-z|-]*$/.test(rest)) return [];
  return rest
    .split("|")
    .filter((child) => child !== "" && !commands.has(`${command} ${child}`))
    .map((child) => `swoosh ${command} ${child} is no command; correct the page`);
}

function targetsOf(tree: Tree): ReadonlySet<string> {
  const lines = (tree.text("Makefile") ?? "").split("\n");
  return new Set(lines.flatMap((line) => /^([a-z][\w-]*):(?!=)/.exec(line)?.[1] ?? []));
}

function scriptsOf(tree: Tree): ReadonlySet<string> {
  const manifests = tree.paths.filter((path) => path.endsWith("package.json"));
  return new Set(
    manifests.flatMap((path) => {
      const manifest: unknown = JSON.parse(tree.text(path) ?? "{}");
      const scripts =
        typeof manifest === "object" && manifest !== null && "scripts" in manifest
          ? manifest.scripts
          : {};
      return Object.keys(scripts ?? {});
    }),
  );
}

/** Reads the `.command("name")` calls of the command line; a call on a variable belongs to that variable's command. */
/** All lower case; `program` is the whole. */
const COMMAND_NAME = /^(?!program$)[a-z]+$/;

function commandsOf(tree: Tree): ReadonlySet<string> {
  const found = new Set<string>();
  const sources = tree.typescript.filter(
    (file) => file.startsWith("apps/cli/src/") && fileKind(file) === "source",
  );
  for (const file of sources) {
    const parents = new Map<string, string>();
    visit(tree.parse(file), (node) => {
      const name = commandName(node);
      if (name === undefined || !ts.isCallExpression(node)) return;
      const root = rootOf(node.expression);
      // A command that is handed in from another file bears its own name: `addRun(mesh)`.
      const parent = parents.get(root) ?? (COMMAND_NAME.test(root) ? root : undefined);
      const path = parent === undefined ? name : `${parent} ${name}`;
      found.add(path);
      const variable = variableOf(node);
      if (variable !== undefined) parents.set(variable, path);
    });
  }
  return found;
}

function commandName(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression))
    return undefined;
  const [argument] = node.arguments;
  const named =
    node.expression.name.text === "command" &&
    argument !== undefined &&
    ts.isStringLiteralLike(argument);
  return named ? argument.text.split(" ")[0] : undefined;
}

/** `chart.command("x").description("y")` → `chart`. */
function rootOf(node: ts.Expression): string {
  let at: ts.Expression = node;
  while (ts.isPropertyAccessExpression(at) || ts.isCallExpression(at)) at = at.expression;
  return ts.isIdentifier(at) ? at.text : "";
}

/** Name of the variable that a chain of calls is assigned to. */
function variableOf(node: ts.Node): string | undefined {
  let at: ts.Node = node;
  while (ts.isCallExpression(at.parent) || ts.isPropertyAccessExpression(at.parent)) at = at.parent;
  const { parent } = at;
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)
    ? parent.name.text
    : undefined;
}
