import type { NormalCandidate, NormalChart } from "../chart/normal-chart.ts";
import { describeAction, describeAfter, describeDeadline } from "./describe-action.ts";
import { stateIds } from "./state-ids.ts";
import { commonPath, isPathBelow, parentPath, stateRows, type StateRow } from "./state-rows.ts";

/**
 * A chart as a Mermaid `stateDiagram-v2`. The diagram is for people; what Mermaid cannot draw is written where it belongs:
 * an arrow joins two states of one parent only (Mermaid lays out no others reliably), so that an arrow over borders is
 * drawn between the ancestors and its label names the true ends, and what a state does without leaving its parent's
 * regions (targetless, to its own inside, from region to region) is a line in its box.
 */
export function toMermaid(chart: NormalChart): string {
  const rows = stateRows(chart);
  const ids = stateIds(rows, { isTaken: isReserved });
  const drawing: Drawing = {
    rows,
    ids,
    byPath: new Map(rows.map((row) => [row.path, row])),
    edges: new Map(),
    notes: new Map(),
  };
  for (const row of rows) for (const move of movesOf(row)) place(drawing, row, move);
  const root = rows[0];
  return ["stateDiagram-v2", ...(root === undefined ? [] : draw(drawing, root)), ""].join("\n");
}

interface Drawing {
  readonly rows: readonly StateRow[];
  readonly ids: ReadonlyMap<string, string>;
  readonly byPath: ReadonlyMap<string, StateRow>;
  /** By the path of the state inside which they are drawn. */
  readonly edges: Map<string, string[]>;
  /** Lines inside a state's box. */
  readonly notes: Map<string, string[]>;
}

interface Move {
  /** `EVENT [guards]` */
  readonly label: string;
  readonly candidate: NormalCandidate;
}

function movesOf({ state }: StateRow): readonly Move[] {
  const of = (event: string, candidates: readonly NormalCandidate[]): readonly Move[] =>
    candidates.map((candidate) => {
      const guards = candidate.guards.length === 0 ? [] : [`[${candidate.guards.join(", ")}]`];
      return { label: [...(event === "" ? [] : [event]), ...guards].join(" "), candidate };
    });
  return [
    ...Object.entries(state.on).flatMap(([event, candidates]) => of(event, candidates)),
    ...of("", state.always),
    ...of("done", state.onDone),
  ];
}

/** Puts a transition where Mermaid can show it: an arrow between two states of one parent, else a line in the box. */
function place(drawing: Drawing, source: StateRow, move: Move): void {
  const { candidate } = move;
  const does = candidate.actions.map(describeAction);
  const label = [move.label === "" ? "always" : move.label, ...does].join(" / ");
  if (candidate.target === null) {
    add(drawing.notes, source.path, label);
    return;
  }
  for (const target of candidate.target) {
    const ends = arrowEnds(drawing, source.path, target);
    if (ends === null) {
      const kind = candidate.internal ? " (internal)" : "";
      add(drawing.notes, source.path, `${label} → ${target}${kind}`);
      continue;
    }
    const over = ends.from === source.path && ends.to === target;
    const named = over ? label : `${label} (${source.path} → ${target})`;
    const arrow = `${idOf(drawing, ends.from)} --> ${idOf(drawing, ends.to)}`;
    const drawn = named === "always" ? arrow : `${arrow} : ${escapeText(named)}`;
    add(drawing.edges, ends.parent, drawn);
  }
}

interface Ends {
  readonly parent: string;
  readonly from: string;
  readonly to: string;
}

/** null: the two lie inside one another, or in different regions. */
function arrowEnds(drawing: Drawing, source: string, target: string): Ends | null {
  const isComposite = (path: string): boolean =>
    (drawing.byPath.get(path)?.state.states.length ?? 0) > 0;
  if (source === target) {
    if (source === "" || isComposite(source)) return null;
    return { parent: parentPath(source), from: source, to: target };
  }
  const parent = commonPath(source, target);
  if (parent === source || parent === target) return null;
  if (drawing.byPath.get(parent)?.state.type === "parallel") return null;
  const childOf = (path: string): string => {
    let child = path;
    while (parentPath(child) !== parent) child = parentPath(child);
    return child;
  };
  return { parent, from: childOf(source), to: childOf(target) };
}

function draw(drawing: Drawing, row: StateRow): readonly string[] {
  const pad = "  ".repeat(row.depth + 1);
  const id = idOf(drawing, row.path);
  const lines = [...boxLines(row), ...(drawing.notes.get(row.path) ?? [])].map(escapeText);
  if (row.state.states.length === 0) {
    return [
      `${pad}state "${titleOf(row)}" as ${id}`,
      ...lines.map((line) => `${pad}${id} : ${line}`),
      ...(row.state.type === "final" ? [`${pad}${id} --> [*]`] : []),
    ];
  }
  const inside = `${pad}  `;
  const below = drawing.rows.filter((other) => other.parent === row);
  const body = below.flatMap((child) => draw(drawing, child));
  return [
    `${pad}state "${[titleOf(row), ...lines].join("<br/>")}" as ${id} {`,
    ...initialOf(drawing, row).map((line) => `${inside}${line}`),
    ...body,
    ...(drawing.edges.get(row.path) ?? []).map((edge) => `${inside}${edge}`),
    `${pad}}`,
  ];
}

function initialOf(drawing: Drawing, row: StateRow): readonly string[] {
  const drawn = new Set<string>();
  for (const path of row.state.initial) {
    const child = drawing.rows.find(
      (other) => other.parent === row && (other.path === path || isPathBelow(path, other.path)),
    );
    if (child === undefined) continue;
    const label = child.path === path ? "" : ` : ${escapeText(`to ${path}`)}`;
    drawn.add(`[*] --> ${idOf(drawing, child.path)}${label}`);
  }
  return [...drawn];
}

/**
 * Regions of a parallel state are boxes side by side, and its title says so. Mermaid's own divider `--` makes its layout
 * fail as soon as an arrow inside a region leads to a composite state.
 */
function titleOf(row: StateRow): string {
  if (row.state.type === "parallel") return `${row.name} (parallel)`;
  if (row.state.type !== "history") return row.name;
  return `${row.name} (${row.state.history === "deep" ? "H*" : "H"})`;
}

function boxLines({ state }: StateRow): readonly string[] {
  const emits = (word: string, actions: StateRow["state"]["entry"]): readonly string[] =>
    actions.map((action) => {
      const deadline = "emit" in action ? ` ${describeDeadline(action.emit)}` : "";
      return `${word} / ${describeAction(action)}${deadline}`;
    });
  return [
    ...emits("entry", state.entry),
    ...emits("exit", state.exit),
    ...state.after.map(describeAfter),
    ...(state.sticky === null ? [] : [`sticky, left by ${state.sticky.leaveBy.join(", ")}`]),
    ...(state.onFailure === null ? [] : [`on failure → ${state.onFailure}`]),
    ...(state.target.length === 0 ? [] : [`default → ${state.target.join(", ")}`]),
  ];
}

function add(map: Map<string, string[]>, key: string, line: string): void {
  const lines = map.get(key);
  if (lines === undefined) map.set(key, [line]);
  else lines.push(line);
}

function idOf(drawing: Drawing, path: string): string {
  return drawing.ids.get(path) ?? path;
}

/** Words that Mermaid's lexer takes for its own, in any case. */
const RESERVED = new Set([
  "acc_descr",
  "acc_title",
  "accdescr",
  "acctitle",
  "as",
  "choice",
  "class",
  "classdef",
  "click",
  "default",
  "direction",
  "end",
  "fork",
  "hide",
  "join",
  "note",
  "root",
  "scale",
  "state",
  "style",
  "title",
]);

function isReserved(id: string): boolean {
  return RESERVED.has(id.toLowerCase());
}

/** Mermaid ends a text at `:`, `;`, `"` or a line's end, and reads HTML in it: such characters become entities (`#59;`). */
function escapeText(text: string): string {
  return text.replace(/[:;"#<>{}&`\\%]|[^\S ]|--|\[\[/g, (found) =>
    [...found].map((character) => `#${character.codePointAt(0) ?? 32};`).join(""),
  );
}
