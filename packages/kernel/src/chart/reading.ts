import type { NativeRegistry } from "./native-guard.ts";
import { resolveTarget, type NamedState } from "./named-state.ts";
import type { Path, ProblemList, Spot } from "./problem-list.ts";
import {
  isName,
  itemsOf,
  badName,
  readList,
  readReference,
  readText,
  type Place,
} from "./read-place.ts";

/** What is declared in a chart, under the key that declares it. */
export type Declared = "transitions" | "guards" | "reads";

export type Lost = Declared | "ids" | Variable | `part of ${Variable}`;

/** What expressions see under a schema of the chart's own. */
type Variable = "context" | "inputs";

/** What every part of the loader shares while one chart is read. */
export interface Reading {
  readonly problems: ProblemList;
  readonly chart: string;
  readonly root: NamedState;
  readonly natives: NativeRegistry;
  readonly declared: { readonly [kind in Declared]: ReadonlySet<string> };
  /** Names that something of the chart refers to or handles: what is declared and not here is unused. */
  readonly used: { readonly [kind in Declared]: Set<string> };
  /** Where each object of the normal form comes from. */
  readonly origins: Map<object, Path>;
  /** Local ids of emits and afters, and where each was first given. */
  readonly ids: Map<string, Path>;
  /** `cancel` actions, looked at when all ids are known. */
  readonly cancels: Place[];
  /** Events that an action raises. */
  readonly raised: Set<string>;
  /** What could not be read at all or in part: nothing is told that may come of it. */
  readonly lost: Set<Lost>;
}

/** Notes where an object of the normal form comes from. */
export function from<Part extends object>(reading: Reading, place: Place, part: Part): Part {
  reading.origins.set(part, place.path);
  return part;
}

export function originOf(reading: Reading, part: object): Path {
  return reading.origins.get(part) ?? [];
}

/** The name of a declared transition; unknown ones are reported. */
export function readTransitionName(
  reading: Reading,
  place: Place,
  spot: Spot = "value",
): string | undefined {
  const names = reading.declared.transitions;
  if (reading.lost.has("transitions")) {
    readText(reading.problems, place, "the name of a transition");
    return undefined;
  }
  const known = { code: "unknown_transition", what: "a transition", names, spot };
  return readReference(reading.problems, place, known);
}

export function readTransitionNames(
  reading: Reading,
  place: Place | undefined,
  what: string,
): readonly string[] {
  const names = readList(reading.problems, place, what).flatMap((item) => {
    const name = readTransitionName(reading, item);
    return name === undefined ? [] : [{ name, item, isMeant: name !== item.value }];
  });
  return distinct(reading, names, what);
}

/** The names of guards: one, or a list. */
export function readGuardNames(reading: Reading, place: Place | undefined): readonly string[] {
  if (reading.lost.has("guards")) return [];
  const names = itemsOf(place).flatMap((item) => {
    const known = { code: "unknown_guard", what: "a guard", names: reading.declared.guards };
    const name = readReference(reading.problems, item, known);
    // A misspelt name still means that guard: it is not told a second time, as unused.
    if (name !== undefined) reading.used.guards.add(name);
    return name === undefined ? [] : [{ name, item, isMeant: name !== item.value }];
  });
  return distinct(reading, names, "guards");
}

interface Listed {
  readonly name: string;
  readonly item: Place;
  /** Stands in for a misspelt name, so it is not what the list says. */
  readonly isMeant?: boolean;
}

/** Leaves out what a list says twice, and says so. */
export function distinct(
  reading: Reading,
  names: readonly Listed[],
  what: string,
): readonly string[] {
  const seen = new Set<string>();
  for (const { name, item, isMeant } of names) {
    if (seen.has(name) && isMeant !== true) {
      reading.problems.error("duplicate", item.path, `"${name}" stands twice in ${what}`);
    }
    seen.add(name);
  }
  return [...seen];
}

/** One target or a list of them, as absolute paths. */
export function readTargets(
  reading: Reading,
  place: Place,
  from: NamedState,
  bare: "sibling" | "child",
): readonly string[] {
  const targets = itemsOf(place).flatMap((item) => {
    const text = readText(reading.problems, item, "a target");
    if (text === undefined) return [];
    const found = resolveTarget(text, from, {
      chart: reading.chart,
      bare,
      hints: reading.problems.hints,
    });
    if (found.state !== null) return [{ name: found.state.path, item }];
    reading.problems.error("unknown_state", item.path, found.message);
    return [];
  });
  if (itemsOf(place).length === 0) {
    reading.problems.error("wrong_type", place.path, "a list of targets names at least one state");
  }
  return distinct(reading, targets, "targets");
}

/** The local id of an emit or a timer: a name, once in the whole chart. */
export function readLocalId(reading: Reading, place: Place, what: string): string | undefined {
  const id = readText(reading.problems, place, `the id of ${what}`);
  if (id === undefined) return undefined;
  if (!isName(id)) {
    reading.problems.error("bad_name", place.path, badName(`the id of ${what}`, id));
    return undefined;
  }
  if (reading.ids.has(id)) {
    const message = `the id "${id}" is taken: emits and timers of one chart share their ids, each once`;
    reading.problems.error("duplicate_id", place.path, message);
    return undefined;
  }
  reading.ids.set(id, place.path);
  return id;
}

/** Cancels may come before what they cancel, so they are looked at last. */
export function checkCancels(reading: Reading): void {
  if (reading.lost.has("ids")) return;
  for (const { value, path } of reading.cancels) {
    const id = String(value);
    if (reading.ids.has(id)) continue;
    const hint = reading.problems.hints.suggestion(id, reading.ids.keys());
    const message = `no emit and no timer has the id "${id}"${hint}`;
    reading.problems.error("unknown_id", path, message);
  }
}
