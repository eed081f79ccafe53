import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { HistoryValue } from "../interpret/step-host.ts";
import { assert } from "../invariant.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { compareUtf16 } from "../json/text.ts";
import { DEPTH_MAX, REASONS_MAX } from "../limits.ts";
import { valueProblem, withPath } from "./context-path.ts";
import type { Document, Effect, Head, Timer } from "./document.ts";
import { Draft } from "./draft.ts";
import type { Kernel } from "./kernel.ts";

/**
 * How an instance is carried to another version of its chart. Everything left out stays as it is:
 * `{"states": {"Old.PATH": "New.PATH"}, "context": {"key": value}, "drop": ["key"]}`. A mapped state takes its timers,
 * effects and history with it; `context` and `drop` name top-level keys.
 */
interface Mapping {
  readonly states: ReadonlyMap<string, string>;
  readonly context: readonly (readonly [key: string, value: Json])[];
  readonly drop: readonly string[];
}

export type Migration =
  | { readonly ok: true; readonly draft: Draft }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The instance under its new chart, or why it cannot stand there; nothing is dropped silently but history of states that are no more. */
export function migrateDraft(
  kernel: Kernel,
  head: Head,
  { to, mapping }: { readonly to: CompiledChart; readonly mapping: JsonObject },
): Migration {
  const { document } = head;
  if (document.meta.chart !== to.name) {
    return no([`chart ${to.name} is no version of ${document.meta.chart}`]);
  }
  const read = readMapping(mapping);
  if (read === undefined) return no(["the mapping is not {states, context, drop}"]);
  const problems: string[] = [];
  const moved = movedDocument(document, to, read, problems);
  const { interpreter } = kernel.runtime(to);
  if (interpreter.configurationOf(moved.configuration) === undefined) {
    problems.push(
      `${moved.configuration.join(", ")} is no configuration of ${to.name} version ${to.version}`,
    );
  }
  for (const { place, problem } of to.validateContext(moved.context, "context")) {
    problems.push(`${place}: ${problem}`);
  }
  if (problems.length > 0) return no(problems.slice(0, REASONS_MAX));
  const draft = new Draft(kernel, to, {
    instance: document.meta.instance,
    head: { document: moved, hash: head.hash },
  });
  for (const region of to.regions) draft.touch(region.index);
  if (draft.configuration?.done === true) draft.end();
  return { ok: true, draft };
}

function no(problems: readonly string[]): Migration {
  return { ok: false, problems };
}

function readMapping(mapping: JsonObject): Mapping | undefined {
  if (valueProblem(mapping, DEPTH_MAX) !== undefined) return undefined;
  const { states = {}, context = {}, drop = [], ...rest } = mapping;
  if (Object.keys(rest).length > 0 || !isJsonObject(states) || !isJsonObject(context))
    return undefined;
  if (typeof drop !== "object" || drop === null || !isJsonArray(drop)) return undefined;
  const paths = new Map<string, string>();
  for (const [from, path] of Object.entries(states)) {
    if (typeof path !== "string") return undefined;
    paths.set(from, path);
  }
  const keys = drop.filter((key) => typeof key === "string");
  if (keys.length !== drop.length) return undefined;
  return { states: paths, context: Object.entries(context), drop: keys };
}

function movedDocument(
  document: Document,
  to: CompiledChart,
  mapping: Mapping,
  problems: string[],
): Document {
  const pathOf = (path: string): string => mapping.states.get(path) ?? path;
  const known = (what: string, path: string): void => {
    if (!to.stateByPath.has(path))
      problems.push(`${what}: no state ${path} in version ${to.version}; map it`);
  };
  const timers = document.timers.map((timer): Timer => {
    const state = pathOf(timer.state);
    known(`timer ${timer.id}`, state);
    return { ...timer, state };
  });
  const effects = document.effects.map((effect): Effect => {
    const state = pathOf(effect.state);
    known(`effect ${effect.id}`, state);
    if (!to.emits.has(effect.name))
      problems.push(`effect ${effect.id}: no emit ${effect.name} in version ${to.version}`);
    return { ...effect, state };
  });
  return {
    ...document,
    configuration: document.configuration.map(pathOf).sort(compareUtf16),
    context: movedContext(document.context, mapping),
    effects,
    history: movedHistory(document.history, to, pathOf),
    timers,
  };
}

function movedContext(context: JsonObject, mapping: Mapping): JsonObject {
  const { drop } = mapping;
  let moved: JsonObject = Object.fromEntries(
    Object.entries(context).filter(([key]) => !drop.includes(key)),
  );
  for (const [key, value] of mapping.context) {
    const changed = withPath(moved, [key], value);
    assert(changed !== undefined, "keys of a mapping were looked at");
    moved = changed;
  }
  return moved;
}

function movedHistory(
  history: HistoryValue,
  to: CompiledChart,
  pathOf: (path: string) => string,
): HistoryValue {
  const kept = Object.entries(history).flatMap(
    ([path, paths]): readonly [string, readonly string[]][] => {
      const place = to.stateByPath.get(pathOf(path));
      const states = paths.map(pathOf).sort(compareUtf16);
      const isWhole = states.every((state) => to.stateByPath.has(state));
      return place !== undefined && isWhole ? [[place.path, states]] : [];
    },
  );
  return Object.fromEntries(kept.sort(([one], [other]) => compareUtf16(one, other)));
}
