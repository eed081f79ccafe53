import type { NormalChart } from "../chart/normal-chart.ts";
import { compareUtf16 } from "../json/text.ts";
import type { ChartDifference } from "./chart-difference.ts";
import { diffCandidates } from "./diff-candidates.ts";
import { diffDeclarations, sameSet } from "./diff-declarations.ts";
import { diffEffects, diffTimers } from "./diff-effects.ts";
import { StateMatch } from "./match-states.ts";
import { actionTexts } from "./action-texts.ts";
import type { StateRow } from "./state-rows.ts";

/**
 * In what two charts differ in meaning: states first, then transitions in them, timers, effects, declarations, schemas.
 * Blanks in expressions, bounds that are only written out, and orders that mean nothing (children of a compound state, keys,
 * roles, targets) make no difference; orders that do (candidates, actions, regions, guards) are told as such. The version
 * itself is none.
 */
export function diffCharts(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  const match = new StateMatch(before, after);
  return [
    ...match.differences,
    ...match.pairs.flatMap(([old, now]) => diffState(match, old, now)),
    ...diffTimers(match),
    ...diffEffects(match),
    ...diffDeclarations(before, after),
  ];
}

/** One line each, breaking ones marked with `!`, and a line that counts them; `` where there is no difference. */
export function formatDiff(differences: readonly ChartDifference[]): string {
  if (differences.length === 0) return "";
  const lines = differences.map(({ kind, path, before, after, breaking, why }) => {
    const values = [before, after].map((value) =>
      typeof value === "string" ? value : value === null ? "nothing" : JSON.stringify(value),
    );
    return `${breaking ? "!" : " "} ${kind} ${path}: ${values.join(" => ")}; ${why}`;
  });
  const breaking = differences.filter((difference) => difference.breaking).length;
  const count = `${differences.length} difference${differences.length === 1 ? "" : "s"}, ${breaking} breaking`;
  return `${[...lines, count].join("\n")}\n`;
}

function diffState(match: StateMatch, old: StateRow, now: StateRow): readonly ChartDifference[] {
  const path = now.path === "" ? "the root" : now.path;
  return [
    ...diffFields(match, old, now, path),
    ...diffOrder(old, now, path),
    ...diffActions(old, now, path),
    ...diffCandidates(match, old, now, path),
  ];
}

function diffFields(
  match: StateMatch,
  old: StateRow,
  now: StateRow,
  path: string,
): readonly ChartDifference[] {
  const differences: ChartDifference[] = [];
  const tell = (field: string, before: string, after: string, why: string): void => {
    if (before === after) return;
    differences.push({
      kind: "state_changed",
      path: `${path} ${field}`,
      before: before === "" ? null : before,
      after: after === "" ? null : after,
      breaking: true,
      why,
    });
  };
  const [was, is] = [old.state, now.state];
  tell(
    "type",
    was.type,
    is.type,
    "documents in this state may be in no configuration of the new chart",
  );
  tell("history", was.history ?? "", is.history ?? "", "it remembers more, or less");
  const moved = (paths: readonly string[]): readonly string[] =>
    paths.map((one) => match.after(one));
  for (const [field, before, after] of [
    ["initial", moved(was.initial), is.initial],
    ["target", moved(was.target), is.target],
  ] as const) {
    if (sameSet(before, after)) continue;
    tell(field, before.join(", "), after.join(", "), "entering it leads elsewhere");
  }
  const leaveBy = [was.sticky?.leaveBy, is.sticky?.leaveBy].map((names) =>
    names?.toSorted(compareUtf16).join(", "),
  );
  const [before, after] = leaveBy.map((names) =>
    names === undefined ? "" : `left by ${names === "" ? "nothing" : names}`,
  );
  tell("sticky", before ?? "", after ?? "", "other transitions may leave it");
  const failure = was.onFailure === null ? "" : match.after(was.onFailure);
  tell("onFailure", failure, is.onFailure ?? "", "a failed timer step leads elsewhere");
  return differences;
}

/** Entering, leaving and conflicts go by the order of regions; children of a compound state are never active together. */
function diffOrder(old: StateRow, now: StateRow, path: string): readonly ChartDifference[] {
  if (old.state.type !== "parallel" || now.state.type !== "parallel") return [];
  const names = (row: StateRow, other: StateRow): readonly string[] =>
    row.state.states
      .filter(
        ([name, { type }]) =>
          type !== "history" && other.state.states.some(([one]) => one === name),
      )
      .map(([name]) => name);
  const [before, after] = [names(old, now), names(now, old)];
  if (before.join() === after.join()) return [];
  const why = "the order of regions is the order of their actions, and decides conflicts";
  return [
    {
      kind: "region_order",
      path,
      before: before.join(", "),
      after: after.join(", "),
      breaking: true,
      why,
    },
  ];
}

function diffActions(old: StateRow, now: StateRow, path: string): readonly ChartDifference[] {
  return (["entry", "exit"] as const).flatMap((part): readonly ChartDifference[] => {
    const before = actionTexts(old.state[part]).join("; ");
    const after = actionTexts(now.state[part]).join("; ");
    if (before === after) return [];
    const why =
      part === "entry" ? "entering it does something else" : "leaving it does something else";
    return [
      {
        kind: "actions_changed",
        path: `${path} ${part}`,
        before: before === "" ? null : before,
        after: after === "" ? null : after,
        breaking: true,
        why,
      },
    ];
  });
}
