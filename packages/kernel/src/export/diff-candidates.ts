import type { NormalCandidate } from "../chart/normal-chart.ts";
import { compareUtf16 } from "../json/text.ts";
import type { ChartDifference } from "./chart-difference.ts";
import { guardsDifference } from "./diff-declarations.ts";
import type { StateMatch } from "./match-states.ts";
import { actionTexts } from "./action-texts.ts";
import type { StateRow } from "./state-rows.ts";

/** A candidate in the words and paths of the chart after. */
interface Worded {
  readonly target: string;
  readonly guards: readonly string[];
  readonly actions: string;
  /** Equal exactly when they do the same. */
  readonly text: string;
}

/** What one state does on each event, by itself, and when it is done. */
export function diffCandidates(
  match: StateMatch,
  old: StateRow,
  now: StateRow,
  path: string,
): readonly ChartDifference[] {
  const [was, is] = [old.state, now.state];
  const events = [...new Set([...Object.keys(was.on), ...Object.keys(is.on)])];
  const levels = [
    { name: "always", before: was.always, after: is.always, isNew: false },
    ...events.map((event) => ({
      name: `on ${event}`,
      before: was.on[event] ?? [],
      after: is.on[event] ?? [],
      isNew: !(event in was.on) && !isHandledAbove(old, event),
    })),
    { name: "onDone", before: was.onDone, after: is.onDone, isNew: false },
  ];
  return levels.flatMap(({ name, before, after, isNew }) =>
    diffLevel(
      before.map((candidate) => worded(candidate, (target) => match.after(target))),
      after.map((candidate) => worded(candidate, (target) => target)),
      { path: `${path} ${name}`, isNew },
    ),
  );
}

function isHandledAbove(row: StateRow, event: string): boolean {
  for (let above = row.parent; above !== null; above = above.parent) {
    if (event in above.state.on) return true;
  }
  return false;
}

function worded(candidate: NormalCandidate, pathOf: (target: string) => string): Worded {
  const targets = candidate.target?.map(pathOf).sort(compareUtf16) ?? [];
  const kind = candidate.internal ? " (internal)" : "";
  const target = targets.length === 0 ? "stays" : `to ${targets.join(", ")}${kind}`;
  const guards = candidate.guards.length === 0 ? "" : ` [${candidate.guards.join(", ")}]`;
  const actions = actionTexts(candidate.actions).join("; ");
  const text = `${target}${guards}${actions === "" ? "" : ` / ${actions}`}`;
  return { target, guards: candidate.guards, actions, text };
}

interface Level {
  readonly path: string;
  /** The event was handled neither here nor above. */
  readonly isNew: boolean;
}

function diffLevel(
  before: readonly Worded[],
  after: readonly Worded[],
  level: Level,
): readonly ChartDifference[] {
  const texts = (list: readonly Worded[]): readonly string[] => list.map(({ text }) => text);
  const [old, now] = [texts(before), texts(after)];
  if (old.join("\n") === now.join("\n")) return [];
  const { path } = level;
  if ([...old].sort(compareUtf16).join("\n") === [...now].sort(compareUtf16).join("\n")) {
    const why = "the first whose guards all hold is taken: another one may be";
    const lists = { before: old.join(" | "), after: now.join(" | ") };
    return [{ kind: "candidate_order", path, ...lists, breaking: true, why }];
  }
  const gone = before.filter(({ text }) => !now.includes(text));
  const fresh = after.filter(({ text }) => !old.includes(text));
  const pairs = pairUp(gone, fresh);
  const changes = pairs.map(([one, other]) => candidateChanged(one, other, path));
  const removed = gone
    .filter((one) => !pairs.some(([was]) => was === one))
    .map(({ text }): ChartDifference => {
      const why = "what happened here does not happen any more";
      return { kind: "candidate_removed", path, before: text, after: null, breaking: true, why };
    });
  const added = fresh
    .filter((one) => !pairs.some(([, is]) => is === one))
    .map(({ text }): ChartDifference => {
      const why = level.isNew
        ? "it was not enabled here before"
        : "it may be taken where something else, or nothing, was";
      return {
        kind: "candidate_added",
        path,
        before: null,
        after: text,
        breaking: !level.isNew,
        why,
      };
    });
  return [...changes, ...removed, ...added];
}

/** The same target first, then one by one; what is left over was added or removed. */
function pairUp(
  gone: readonly Worded[],
  fresh: readonly Worded[],
): readonly (readonly [Worded, Worded])[] {
  const pairs: (readonly [Worded, Worded])[] = [];
  const open = new Set(fresh);
  const later: Worded[] = [];
  for (const one of gone) {
    const twin = [...open].find(({ target }) => target === one.target);
    if (twin === undefined) later.push(one);
    else {
      pairs.push([one, twin]);
      open.delete(twin);
    }
  }
  for (const one of later) {
    const [next] = open;
    if (next === undefined) break;
    pairs.push([one, next]);
    open.delete(next);
  }
  return pairs;
}

function candidateChanged(one: Worded, other: Worded, path: string): ChartDifference {
  const guards = guardsDifference(one.guards, other.guards);
  const reasons = [
    ...(one.target === other.target ? [] : ["it leads elsewhere"]),
    ...(guards === null ? [] : [guards.why]),
    ...(one.actions === other.actions ? [] : ["it does something else"]),
  ];
  const isOrderOnly = guards?.breaking === false && reasons.length === 1;
  return {
    kind: "candidate_changed",
    path,
    before: one.text,
    after: other.text,
    breaking: !isOrderOnly,
    why: reasons.join("; "),
  };
}
