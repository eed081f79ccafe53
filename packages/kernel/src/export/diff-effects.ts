import { normalCel } from "../check/render-cel.ts";
import type { NormalAction, NormalAfter, NormalEmit } from "../chart/normal-chart.ts";
import { compareUtf16 } from "../json/text.ts";
import type { ChartDifference, DifferenceKind } from "./chart-difference.ts";
import type { StateMatch } from "./match-states.ts";
import type { StateRow } from "./state-rows.ts";

/** Fields in words: equal exactly when they mean the same. */
type Fields = ReadonlyMap<string, string>;

/** What runs by itself when time passes. */
export function diffTimers(match: StateMatch): readonly ChartDifference[] {
  const of = (
    rows: readonly StateRow[],
    pathOf: (path: string) => string,
  ): ReadonlyMap<string, Fields> =>
    new Map(
      rows.flatMap(({ path, state }) =>
        state.after.map((after) => [after.id, timerFields(after, pathOf(path))] as const),
      ),
    );
  return diffById(
    of(match.rowsBefore, (path) => match.after(path)),
    of(match.rowsAfter, same),
    {
      what: "timer",
      gone: "what it raised does not come any more",
      fresh: "it raises an event that did not come before",
    },
  );
}

/** What executors are asked to do. */
export function diffEffects(match: StateMatch): readonly ChartDifference[] {
  return diffById(
    effectsOf(match.rowsBefore, (path) => match.after(path)),
    effectsOf(match.rowsAfter, same),
    {
      what: "effect",
      gone: "nobody is asked to do it any more",
      fresh: "its owner must be there to do it",
    },
  );
}

function same(path: string): string {
  return path;
}

function timerFields(after: NormalAfter, state: string): Fields {
  const delay =
    after.ms === null ? `${normalCel(after.beats ?? "")} beats` : `${normalCel(after.ms)} ms`;
  return new Map([
    ["state", state],
    ["delay", delay],
    ["raise", after.raise],
  ]);
}

function effectsOf(
  rows: readonly StateRow[],
  pathOf: (path: string) => string,
): ReadonlyMap<string, Fields> {
  const effects = new Map<string, Fields>();
  const add = (actions: readonly NormalAction[], place: string): void => {
    for (const action of actions) {
      if ("emit" in action) effects.set(action.emit.id, effectFields(action.emit, place));
    }
  };
  for (const { path, state } of rows) {
    const where = pathOf(path);
    add(state.entry, `entry of ${where}`);
    add(state.exit, `exit of ${where}`);
    for (const [event, candidates] of Object.entries(state.on)) {
      for (const { actions } of candidates) add(actions, `${event} in ${where}`);
    }
    for (const { actions } of state.always) add(actions, `always in ${where}`);
    for (const { actions } of state.onDone) add(actions, `onDone of ${where}`);
  }
  return effects;
}

function effectFields(emit: NormalEmit, place: string): Fields {
  const deadline =
    emit.deadlineMs === null
      ? `${normalCel(emit.deadlineBeats ?? "")} beats`
      : `${normalCel(emit.deadlineMs)} ms`;
  return new Map([
    ["place", place],
    ["effect", emit.effect],
    ["owner", normalCel(emit.owner)],
    ["with", normalCel(emit.with)],
    ["deadline", deadline],
    ["onDeadline", emit.onDeadline],
    ["answer", emit.answer.toSorted(compareUtf16).join(", ")],
    ["keep", String(emit.keep)],
  ]);
}

interface Words {
  readonly what: "timer" | "effect";
  readonly gone: string;
  readonly fresh: string;
}

function diffById(
  before: ReadonlyMap<string, Fields>,
  after: ReadonlyMap<string, Fields>,
  words: Words,
): readonly ChartDifference[] {
  const { what } = words;
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(
    (id): readonly ChartDifference[] => {
      const [old, now] = [before.get(id), after.get(id)];
      const path = `${what} ${id}`;
      if (old === undefined || now === undefined) {
        const isNew = old === undefined;
        const kind: DifferenceKind = `${what}_${isNew ? "added" : "removed"}`;
        const why = isNew ? words.fresh : words.gone;
        return [{ kind, path, before: textOf(old), after: textOf(now), breaking: true, why }];
      }
      return [...old].flatMap(([field, value]): readonly ChartDifference[] => {
        const other = now.get(field) ?? "";
        if (value === other) return [];
        const why = WHY[field] ?? "it is another one";
        return [
          {
            kind: `${what}_changed`,
            path: `${path} ${field}`,
            before: value,
            after: other,
            breaking: true,
            why,
          },
        ];
      });
    },
  );
}

const WHY: { readonly [field: string]: string } = {
  state: "it runs while another state is active",
  delay: "it comes at another time",
  raise: "it raises another event",
  place: "it is asked for at another moment",
  effect: "executors know it by its name",
  owner: "somebody else must do it and may answer",
  with: "executors are told something else",
  deadline: "its owner has another time for it",
  onDeadline: "another event comes when nobody answered",
  answer: "other transitions answer it",
  keep: "leaving its state closes it, or does not any more",
};

function textOf(fields: Fields | undefined): string | null {
  if (fields === undefined) return null;
  return [...fields].map(([field, value]) => `${field} ${value}`).join(", ");
}
