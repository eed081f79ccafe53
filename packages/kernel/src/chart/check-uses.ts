import type { Json } from "../json/json.ts";
import type { OtherCharts } from "./compile-chart.ts";
import { schemaAt } from "./compile-action.ts";
import { nearest } from "./did-you-mean.ts";
import type { NormalAction, NormalChart, NormalEmit, NormalState } from "./normal-chart.ts";
import { MENTIONED } from "./expressions.ts";
import { readPrefix } from "./read-prefix.ts";
import { originOf, type Declared, type Reading } from "./reading.ts";

interface Known {
  /** Reads that some expression names. */
  readonly reads: ReadonlySet<string>;
  readonly otherCharts: OtherCharts | undefined;
  /** The chart as it was written: a part of it that could not be read may be what uses a name. */
  readonly written: Json;
}

/** What is declared and not used, and what is used and cannot work. */
export function checkUses(reading: Reading, normal: NormalChart, known: Known): void {
  for (const read of known.reads) {
    const { reads } = reading.declared;
    const meant = reads.has(read) ? read : nearest(read, reads);
    if (meant !== undefined) reading.used.reads.add(meant);
  }
  const unread = reading.problems.hasErrors ? namesIn(known.written) : new Set<string>();
  for (const unused of UNUSED) tellUnused(reading, unused, unread);
  checkReads(reading, normal, known.otherCharts);
  for (const action of actionsOf(normal.root)) {
    if ("assign" in action) checkAssign(reading, normal, action);
    if ("emit" in action) checkEmit(reading, normal, action.emit);
    if ("join" in action) checkJoin(reading, action, known.otherCharts);
  }
}

interface Unused {
  readonly kind: Declared;
  readonly code: string;
  readonly reason: string;
}

const UNUSED: readonly Unused[] = [
  { kind: "transitions", code: "unused_transition", reason: "no state handles it" },
  { kind: "guards", code: "unused_guard", reason: "no transition and no candidate names it" },
  { kind: "reads", code: "unused_read", reason: "no expression names it" },
];

/**
 * Every key and every text of a chart, and the reads in its expressions, but for the names that are declared. With other
 * problems in the file a name is unused only where no part of it, read or not, has it.
 */
function namesIn(chart: Json): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: Json, isDeclaration: boolean, depth: number): void => {
    if (typeof value === "string") {
      names.add(value);
      for (const [, read] of value.matchAll(MENTIONED)) names.add(read ?? "");
    }
    if (typeof value !== "object" || value === null) return;
    for (const [key, below] of Object.entries(value)) {
      if (!isDeclaration) names.add(key);
      visit(below, depth === 0 && UNUSED.some(({ kind }) => kind === key), depth + 1);
    }
  };
  visit(chart, false, 0);
  return names;
}

function tellUnused(
  reading: Reading,
  { kind, code, reason }: Unused,
  unread: ReadonlySet<string>,
): void {
  // Without any state nothing can be used; what is lost may have been the use.
  if (reading.root.children.size === 0) return;
  if (UNUSED.some((other) => reading.lost.has(other.kind))) return;
  for (const name of reading.declared[kind]) {
    if (reading.used[kind].has(name) || unread.has(name)) continue;
    const message = `${name} is declared under ${kind}, but ${reason}`;
    reading.problems.error(code, [kind, name], message, "key");
  }
}

function checkReads(
  reading: Reading,
  normal: NormalChart,
  otherCharts: OtherCharts | undefined,
): void {
  for (const [name, source] of Object.entries(normal.reads)) {
    const prefix = readPrefix(source);
    if (!prefix.ok) {
      reading.problems.error("read_prefix", ["reads", name], `read ${name}: ${prefix.message}`);
    } else if (otherCharts?.(prefix.chart) === undefined) {
      const message = `read ${name} is untyped while the chart ${prefix.chart} is not installed`;
      reading.problems.note("untyped_read", ["reads", name], message);
    }
  }
}

function actionsOf(state: NormalState): readonly NormalAction[] {
  const candidates = [...Object.values(state.on).flat(), ...state.always, ...state.onDone];
  return [
    ...state.entry,
    ...state.exit,
    ...candidates.flatMap((candidate) => candidate.actions),
    ...state.states.flatMap(([, child]) => actionsOf(child)),
  ];
}

function checkAssign(
  reading: Reading,
  normal: NormalChart,
  action: Extract<NormalAction, { readonly assign: unknown }>,
): void {
  for (const [path] of action.assign) {
    const parts = path.split(".");
    const missing = parts.findIndex(
      (_, index) => schemaAt(normal.context, parts.slice(0, index + 1)) === undefined,
    );
    if (missing < 0) continue;
    const parent = schemaAt(normal.context, parts.slice(0, missing));
    const hint = reading.problems.hints.suggestion(
      parts[missing] ?? "",
      Object.keys(parent?.properties ?? {}),
    );
    const message = `the context has no "${parts.slice(0, missing + 1).join(".")}"${hint}`;
    const where = [...originOf(reading, action), "assign", path];
    reading.problems.error("unknown_context_key", where, message, "key");
  }
}

/** An answer that nobody may propose would leave the effect open until its deadline. */
function checkEmit(reading: Reading, normal: NormalChart, emit: NormalEmit): void {
  for (const name of emit.answer) {
    const transition = normal.transitions[name];
    if (transition === undefined || transition.by.length > 0) continue;
    const message = `${name} answers emit ${emit.id}, but nobody may propose it ("by" is empty)`;
    reading.problems.error(
      "answer_not_proposable",
      [...originOf(reading, emit), "answer"],
      message,
    );
  }
}

function checkJoin(
  reading: Reading,
  action: Extract<NormalAction, { readonly join: unknown }>,
  otherCharts: OtherCharts | undefined,
): void {
  const prefix = readPrefix(action.join.instance);
  const chart = prefix.ok ? otherCharts?.(prefix.chart) : undefined;
  if (chart === undefined || Object.hasOwn(chart.transitions, action.join.transition)) return;
  const { transition } = action.join;
  const hint = reading.problems.hints.suggestion(transition, Object.keys(chart.transitions));
  const message = `the chart ${chart.chart} has no transition "${transition}"${hint}`;
  const where = [...originOf(reading, action), "join", "transition"];
  reading.problems.error("unknown_transition", where, message);
}
