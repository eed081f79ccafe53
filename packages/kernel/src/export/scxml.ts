import { unreachable } from "../unreachable.ts";
import type {
  NormalAction,
  NormalCandidate,
  NormalChart,
  NormalGuard,
} from "../chart/normal-chart.ts";
import { stateIds } from "./state-ids.ts";
import { stateRows, type StateRow } from "./state-rows.ts";
import { element, writeXml, type XmlElement } from "./xml.ts";

/**
 * A chart as W3C SCXML 1.0. Structure is SCXML's own and runs alike in any processor; conditions that ask only for states
 * are `In('…')`, the others are `guards.<name>`, true in the data model until its owner says otherwise. What SCXML has no
 * words for (CEL assignments, effects, joins, beats) stands in elements of `urn:swoosh:chart`, which processors pass over.
 *
 * The chart's root is a state of its own below `<scxml>`, because it may have transitions, entry actions and regions;
 * ids are paths with `_` for `.`, because a dot would make `done.state.A` match `done.state.A.B` (SCXML 3.12.1).
 */
export function toScxml(chart: NormalChart): string {
  const rows = stateRows(chart);
  const taken = new Set([END, REGIONS]);
  const ids = stateIds(rows, { isTaken: (id) => taken.has(id) });
  const writing: Writing = { chart, rows, ids };
  const [root] = rows;
  const body =
    root === undefined ? [] : [rootElement(writing, root), element("final", { id: END })];
  const attributes = {
    xmlns: "http://www.w3.org/2005/07/scxml",
    "xmlns:swoosh": "urn:swoosh:chart",
    version: "1.0",
    datamodel: "ecmascript",
    name: chart.chart,
    initial: idOf(writing, ""),
  };
  return writeXml(element("scxml", attributes, [...dataModel(chart), ...body]));
}

/** Top-level final state that the end of the root leads to. */
const END = "swoosh_end";
/** The parallel state that stands for the regions of a parallel root. */
const REGIONS = "swoosh_regions";

interface Writing {
  readonly chart: NormalChart;
  readonly rows: readonly StateRow[];
  readonly ids: ReadonlyMap<string, string>;
}

function idOf({ ids }: Writing, path: string): string {
  return ids.get(path) ?? path;
}

function idsOf(writing: Writing, paths: readonly string[]): string {
  return paths.map((path) => idOf(writing, path)).join(" ");
}

function dataModel(chart: NormalChart): readonly XmlElement[] {
  const free = Object.entries(chart.guards).filter(([, guard]) => inCondition(guard) === null);
  const delays = timersOf(chart);
  const object = (names: readonly string[], value: string): string =>
    `{ ${names.map((name) => `"${name}": ${value}`).join(", ")} }`;
  const data = [
    ...(free.length === 0
      ? []
      : [
          element("data", {
            id: "guards",
            expr: object(
              free.map(([name]) => name),
              "true",
            ),
          }),
        ]),
    ...(delays.length === 0
      ? []
      : [element("data", { id: "delays", expr: object(delays, '"0ms"') })]),
  ];
  return data.length === 0 ? [] : [element("datamodel", {}, data)];
}

/** Timers whose delay is not a plain number of milliseconds. */
function timersOf(chart: NormalChart): readonly string[] {
  return stateRows(chart)
    .flatMap(({ state }) => state.after)
    .filter((after) => after.ms === null || !isDigits(after.ms))
    .map((after) => after.id);
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/**
 * The root is never left and its own transitions are internal (kernel design §1): below `<scxml>` it is a compound state,
 * around a parallel one where it has regions, so that SCXML's domain of a transition is the same. Its end is a transition
 * without event, because the end of a chart comes before whatever is still in the queue.
 */
function rootElement(writing: Writing, root: StateRow): XmlElement {
  const id = idOf(writing, "");
  const isParallel = root.state.type === "parallel";
  const below = children(writing, root);
  const inner = isParallel ? [element("parallel", { id: REGIONS }, below)] : below;
  const end = endCondition(writing, root);
  const done = end === null ? [] : [element("transition", { cond: end, target: END })];
  const initial = isParallel ? REGIONS : idsOf(writing, root.state.initial);
  const attributes = { id, ...(initial === "" ? {} : { initial }) };
  return element("state", attributes, [...done, ...ownElements(writing, root), ...inner]);
}

/** SCXML's `isInFinalState` as a condition; null: it is never so. */
function endCondition(writing: Writing, row: StateRow): string | null {
  const below = writing.rows.filter(
    (child) => child.parent === row && child.state.type !== "history",
  );
  if (row.state.type === "parallel") {
    const parts = below.map((child) => endCondition(writing, child));
    return parts.includes(null) ? null : parts.map((part) => `(${part ?? ""})`).join(" && ");
  }
  const finals = below.filter((child) => child.state.type === "final");
  if (finals.length === 0) return null;
  return finals.map(({ path }) => `In('${idOf(writing, path)}')`).join(" || ");
}

function children(writing: Writing, row: StateRow): readonly XmlElement[] {
  return writing.rows
    .filter((child) => child.parent === row)
    .map((child) => stateElement(writing, child));
}

function stateElement(writing: Writing, row: StateRow): XmlElement {
  const { state, path } = row;
  const id = idOf(writing, path);
  const inside = (): readonly XmlElement[] => [
    ...ownElements(writing, row),
    ...children(writing, row),
  ];
  switch (state.type) {
    case "atomic":
      return element("state", { id }, inside());
    case "compound":
      return element("state", { id, initial: idsOf(writing, state.initial) }, inside());
    case "parallel":
      return element("parallel", { id }, inside());
    case "final":
      return element("final", { id }, inside());
    case "history": {
      const target = idsOf(writing, state.target);
      return element("history", { id, type: state.history ?? "shallow" }, [
        element("transition", { target }),
      ]);
    }
    default:
      return unreachable(state.type);
  }
}

function ownElements(writing: Writing, row: StateRow): readonly XmlElement[] {
  const { state, path } = row;
  const id = idOf(writing, path);
  const sends = state.after.map((after) => {
    const plain = after.ms !== null && isDigits(after.ms);
    const own =
      after.ms === null ? { "swoosh:beats": after.beats ?? "" } : { "swoosh:ms": after.ms };
    const delay = plain ? { delay: `${after.ms}ms` } : { delayexpr: `delays.${after.id}`, ...own };
    return element("send", { id: after.id, event: after.raise, ...delay });
  });
  const cancels = state.after.map((after) => element("cancel", { sendid: after.id }));
  const entry = [...actionElements(writing, state.entry), ...sends];
  const exit = [...actionElements(writing, state.exit), ...cancels];
  const of = (
    event: string | null,
    candidates: readonly NormalCandidate[],
  ): readonly XmlElement[] =>
    candidates.map((candidate) => transitionElement(writing, row, event, candidate));
  return [
    ...(entry.length === 0 ? [] : [element("onentry", {}, entry)]),
    ...(exit.length === 0 ? [] : [element("onexit", {}, exit)]),
    ...Object.entries(state.on).flatMap(([event, candidates]) => of(event, candidates)),
    ...of(null, state.always),
    ...of(`done.state.${id}`, state.onDone),
  ];
}

function transitionElement(
  writing: Writing,
  source: StateRow,
  event: string | null,
  candidate: NormalCandidate,
): XmlElement {
  const targets = candidate.target ?? [];
  const isRoot = source.path === "";
  const internal = candidate.internal || isRoot;
  const condition = candidate.guards.map((name) => conditionOf(writing, name)).join(" && ");
  const attributes = {
    ...(event === null ? {} : { event }),
    ...(condition === "" ? {} : { cond: condition }),
    ...(targets.length === 0 ? {} : { target: idsOf(writing, targets) }),
    ...(internal && targets.length > 0 ? { type: "internal" } : {}),
  };
  return element("transition", attributes, actionElements(writing, candidate.actions));
}

function conditionOf(writing: Writing, name: string): string {
  const guard = writing.chart.guards[name];
  const condition = guard === undefined ? null : inCondition(guard);
  if (condition === null) return `guards.${name}`;
  const text = condition.replace(
    IN,
    (_, single: string | undefined, double: string | undefined) => {
      return `In('${idOf(writing, single ?? double ?? "")}')`;
    },
  );
  return /^(!?In\('[^']*'\))$/.test(text) ? text : `(${text})`;
}

const IN = /In\(\s*(?:'([^']*)'|"([^"]*)")\s*\)/g;

/** The source of a guard that asks for states alone: made of `In('…')`, `!`, `&&`, `||` and brackets, it reads alike in both. */
function inCondition(guard: NormalGuard): string | null {
  if (!("when" in guard)) return null;
  return /^[!&|()\s]*$/.test(guard.when.replace(IN, "")) ? guard.when.trim() : null;
}

function actionElements(writing: Writing, actions: readonly NormalAction[]): readonly XmlElement[] {
  return actions.map((action) => actionElement(writing, action));
}

function actionElement(writing: Writing, action: NormalAction): XmlElement {
  if ("raise" in action) return element("raise", { event: action.raise });
  if ("assign" in action) {
    const pairs = action.assign.map(([path, value]) => element("swoosh:set", { path, value }));
    return element("swoosh:assign", {}, pairs);
  }
  if ("cancel" in action) {
    // A timer is a `<send>` with its id; an effect is not of SCXML.
    const isTimer = stateRows(writing.chart).some(({ state }) =>
      state.after.some(({ id }) => id === action.cancel),
    );
    return isTimer
      ? element("cancel", { sendid: action.cancel })
      : element("swoosh:cancel", { id: action.cancel });
  }
  if ("join" in action) return element("swoosh:join", { ...action.join });
  if ("emit" in action) {
    const { answer, deadlineMs, deadlineBeats, keep, ...plain } = action.emit;
    return element("swoosh:emit", {
      ...plain,
      ...(deadlineMs === null ? {} : { deadlineMs }),
      ...(deadlineBeats === null ? {} : { deadlineBeats }),
      answer: answer.join(" "),
      keep: String(keep),
    });
  }
  return unreachable(action);
}
