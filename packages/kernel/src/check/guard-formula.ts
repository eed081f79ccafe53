import type { CelNode } from "../cel/cel-node.ts";
import { parseCel } from "../cel/parse-cel.ts";
import type { CompiledChart, Guard } from "../chart/compiled-chart.ts";
import { unreachable } from "../unreachable.ts";
import { FALSE, join, not, TRUE, walkFormula, type Formula } from "./formula.ts";
import { renderCel } from "./render-cel.ts";

/** What nobody can know before a chart runs: whether a comparison holds, what a native says. */
export interface Atom {
  readonly text: string;
  /** First keys of the context that it looks at; null: the context as a whole. */
  readonly contextKeys: ReadonlySet<string> | null;
  readonly usesInputs: boolean;
}

/** The guards of a chart as formulas. Guards that say the same in other words share their atoms, and so do opposites. */
export class GuardFormulas {
  readonly atoms: Atom[] = [];
  readonly #chart: CompiledChart;
  readonly #byText = new Map<string, number>();
  readonly #byGuard = new Map<string, Formula>();
  readonly #uses: number[] = [];

  constructor(chart: CompiledChart) {
    this.#chart = chart;
    const raw = new Map<string, Formula>();
    for (const guard of guardsOf(chart)) {
      if (!raw.has(guard.name)) raw.set(guard.name, this.#read(guard));
    }
    for (const formula of raw.values()) {
      walkFormula(formula, (leaf) => {
        if (leaf.kind === "atom") this.#uses[leaf.atom] = (this.#uses[leaf.atom] ?? 0) + 1;
      });
    }
    for (const [name, formula] of raw) this.#byGuard.set(name, this.#merged(formula));
  }

  of(guard: Guard): Formula {
    return this.#byGuard.get(guard.name) ?? TRUE;
  }

  all(guards: readonly Guard[]): Formula {
    return join(
      "all",
      guards.map((guard) => this.of(guard)),
    );
  }

  #read(guard: Guard): Formula {
    if (guard.kind === "native") {
      const args = guard.with.map(([name, { source }]) => `${name}: ${normal(source)}`);
      const nodes = guard.with.flatMap(([, { source }]) => treeOf(source) ?? []);
      return this.#atom(`${guard.native.name}(${args.join(", ")})`, nodes);
    }
    if (guard.when.constant !== undefined) return guard.when.constant === true ? TRUE : FALSE;
    const tree = treeOf(guard.when.source);
    return tree === undefined ? this.#atom(guard.when.source, []) : this.#formula(tree);
  }

  #formula(node: CelNode): Formula {
    switch (node.op) {
      case "literal":
        return node.value === true ? TRUE : FALSE;
      case "not":
        return not(this.#formula(node.of));
      case "if": {
        const condition = this.#formula(node.condition);
        const yes = join("all", [condition, this.#formula(node.yes)]);
        return join("some", [yes, join("all", [not(condition), this.#formula(node.no)])]);
      }
      case "call":
        return this.#state(node) ?? this.#atom(renderCel(node), [node]);
      case "binary":
        return this.#binary(node);
      default:
        return this.#atom(renderCel(node), [node]);
    }
  }

  #state(node: CelNode & { readonly op: "call" }): Formula | undefined {
    const [path] = node.args;
    if (node.name !== "In" || node.receiver !== undefined || path?.op !== "literal")
      return undefined;
    const state = this.#chart.stateByPath.get(String(path.value));
    return state === undefined ? undefined : { kind: "active", state: state.index };
  }

  #binary(node: CelNode & { readonly op: "binary" }): Formula {
    const { left, right } = node;
    switch (node.how) {
      case "&&":
        return join("all", [this.#formula(left), this.#formula(right)]);
      case "||":
        return join("some", [this.#formula(left), this.#formula(right)]);
      case "==":
        return this.#equal(node);
      case "!=":
        return not(this.#equal(node));
      case "<":
        return this.#below(left, right, false);
      case ">":
        return this.#below(right, left, false);
      case "<=":
        return this.#below(left, right, true);
      case ">=":
        return this.#below(right, left, true);
      default:
        return this.#atom(renderCel(node), [node]);
    }
  }

  /** Equality of truths is a formula; of all else an atom, whichever side stands first. */
  #equal({ left, right }: { readonly left: CelNode; readonly right: CelNode }): Formula {
    if (isTruth(left) || isTruth(right)) {
      const [one, other] = [this.#formula(left), this.#formula(right)];
      const both = join("all", [one, other]);
      return join("some", [both, join("all", [not(one), not(other)])]);
    }
    const [one, other] = [renderCel(left), renderCel(right)];
    const text = one < other ? `(${one} == ${other})` : `(${other} == ${one})`;
    return this.#atom(text, [left, right]);
  }

  /** `a < b`; `a <= b` is `!(b < a)`, and next to a whole number `a < n + 1`, so that opposites meet. */
  #below(left: CelNode, right: CelNode, orEqual: boolean): Formula {
    const least = numberOf(left);
    if (least !== undefined) return not(this.#belowNumber(right, orEqual ? least : least + 1));
    const most = numberOf(right);
    if (most !== undefined) return this.#belowNumber(left, orEqual ? most + 1 : most);
    if (orEqual)
      return not(this.#atom(`(${renderCel(right)} < ${renderCel(left)})`, [left, right]));
    return this.#atom(`(${renderCel(left)} < ${renderCel(right)})`, [left, right]);
  }

  #belowNumber(node: CelNode, bound: number): Formula {
    return this.#atom(`(${renderCel(node)} < ${bound})`, [node]);
  }

  #atom(text: string, nodes: readonly CelNode[]): Formula {
    let atom = this.#byText.get(text);
    if (atom === undefined) {
      const uses: Uses = { keys: new Set(), isWhole: false, usesInputs: false };
      for (const node of nodes) collectUses(node, uses);
      atom = this.#add({
        text,
        contextKeys: uses.isWhole ? null : uses.keys,
        usesInputs: uses.usesInputs,
      });
      this.#byText.set(text, atom);
    }
    return { kind: "atom", atom };
  }

  #add(atom: Atom): number {
    this.atoms.push(atom);
    return this.atoms.length - 1;
  }

  /** Atoms that stand only here, side by side, are one question: it can come out either way whatever the others do. */
  #merged(formula: Formula): Formula {
    if (formula.kind === "not") return not(this.#merged(formula.of));
    if (formula.kind !== "all" && formula.kind !== "some") return formula;
    const parts = formula.parts.map((part) => this.#merged(part));
    const own = parts.flatMap((part) => this.#ownAtom(part) ?? []);
    if (own.length < 2) return join(formula.kind, parts);
    const keys = own.map(({ contextKeys }) => contextKeys);
    const atom = this.#add({
      text: own.map(({ text }) => text).join(formula.kind === "all" ? " && " : " || "),
      contextKeys: keys.includes(null) ? null : new Set(keys.flatMap((set) => [...(set ?? [])])),
      usesInputs: own.some(({ usesInputs }) => usesInputs),
    });
    this.#uses[atom] = 1;
    const others = parts.filter((part) => this.#ownAtom(part) === undefined);
    return join(formula.kind, [...others, { kind: "atom", atom }]);
  }

  /** The atom of a part that is nothing else, where it stands nowhere else in the chart. */
  #ownAtom(part: Formula): Atom | undefined {
    const leaf = part.kind === "not" ? part.of : part;
    if (leaf.kind !== "atom" || this.#uses[leaf.atom] !== 1) return undefined;
    return this.atoms[leaf.atom];
  }
}

function guardsOf(chart: CompiledChart): readonly Guard[] {
  return [
    ...[...chart.transitions.values()].flatMap((transition) => transition.guards),
    ...chart.candidates.flatMap((candidate) => candidate.guards),
  ];
}

function treeOf(source: string): CelNode | undefined {
  const parsed = parseCel(source);
  return parsed.ok ? parsed.node : undefined;
}

function normal(source: string): string {
  const tree = treeOf(source);
  return tree === undefined ? source : renderCel(tree);
}

function isTruth(node: CelNode): boolean {
  if (node.op === "literal") return typeof node.value === "boolean";
  return (
    node.op === "not" || (node.op === "call" && node.name === "In" && node.receiver === undefined)
  );
}

/** A whole number that has a successor. */
function numberOf(node: CelNode): number | undefined {
  if (node.op === "negate") {
    const of = numberOf(node.of);
    return of === undefined ? undefined : -of;
  }
  if (node.op !== "literal" || typeof node.value !== "number") return undefined;
  return Number.isSafeInteger(node.value + 1) ? node.value : undefined;
}

interface Uses {
  readonly keys: Set<string>;
  isWhole: boolean;
  usesInputs: boolean;
}

function collectUses(node: CelNode, uses: Uses): void {
  switch (node.op) {
    case "literal":
      return;
    case "name":
      if (node.name === "context") uses.isWhole = true;
      if (node.name === "inputs") uses.usesInputs = true;
      return;
    case "field":
      if (node.of.op === "name" && node.of.name === "context") uses.keys.add(node.name);
      else collectUses(node.of, uses);
      return;
    default:
      for (const part of partsOf(node)) collectUses(part, uses);
  }
}

function partsOf(node: CelNode): readonly CelNode[] {
  switch (node.op) {
    case "literal":
    case "name":
      return [];
    case "field":
    case "not":
    case "negate":
      return [node.of];
    case "index":
      return [node.of, node.key];
    case "binary":
      return [node.left, node.right];
    case "if":
      return [node.condition, node.yes, node.no];
    case "list":
      return node.items;
    case "map":
      return node.entries.flat();
    case "call":
      return node.receiver === undefined ? node.args : [node.receiver, ...node.args];
    default:
      return unreachable(node);
  }
}
