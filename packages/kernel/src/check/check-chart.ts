import type { CompiledChart } from "../chart/compiled-chart.ts";
import { doneEvent } from "../chart/done-event.ts";
import { isBelow, nodeAt } from "../chart/domain.ts";
import type { ChartProblem } from "../chart/normal-chart.ts";
import { DOCUMENT_BYTES_MAX, DOCUMENT_BYTES_WARN } from "../limits.ts";
import type { Positions } from "../yaml/positions.ts";
import {
  nameOfCandidate,
  nameOfState,
  pathOfCandidate,
  pathOfState,
  type PlacePath,
} from "./chart-place.ts";
import { deadGoals, type DeadGoal } from "./dead-goals.ts";
import { documentBytes } from "./document-bytes.ts";
import { explore, traceOf, type Exploration, type ExploreLimits } from "./explore.ts";
import { GuardFormulas } from "./guard-formula.ts";
import { mayReach } from "./may-reach.ts";
import { overlapsOf } from "./overlaps.ts";
import { unreachableParts } from "./unreachable-parts.ts";

/** A finding without its place in the file. */
export type Finding = Omit<ChartProblem, "line" | "column">;

/**
 * The model check of kernel design §1: everything that the chart can come to, guards taken as free choices except
 * constant, equal and opposite ones and those that ask for states. Errors first, each severity in the order of the file;
 * a finding with a trace tells the shortest way there, as events with the guards assumed (`Order_Add [notHeld, belowLimit]`,
 * `!name` for one assumed false). Where the chart is larger than the bound, a note says so and nothing is claimed that was
 * not seen or proved otherwise.
 */
export function checkChart(
  chart: CompiledChart,
  positions?: Positions,
  limits?: ExploreLimits,
): readonly ChartProblem[] {
  const formulas = new GuardFormulas(chart);
  const exploration = explore(chart, formulas, limits);
  const dead = deadGoals(chart, exploration);
  // Without a bound what was explored is all there is.
  const reach = exploration.isBounded ? mayReach(chart, formulas) : exploration.coverage;
  const findings = [
    ...unreachableParts(chart, formulas, reach),
    ...loops(chart, exploration),
    ...deadlocks(chart, exploration, dead),
    ...stickyTraps(exploration, dead),
    ...neverJoining(chart, exploration, reach.done),
    ...lostCompensations(exploration),
    ...largeDocuments(chart),
    ...overlaps(chart, formulas),
    ...bounds(exploration),
  ];
  return placed(findings, positions);
}

const RANK = { error: 0, warning: 1, note: 2 } as const;

function placed(
  findings: readonly Finding[],
  positions: Positions | undefined,
): readonly ChartProblem[] {
  const problems = findings.map((finding): ChartProblem => {
    const { line, column } = positions?.key(finding.path) ?? { line: null, column: null };
    return { ...finding, line, column };
  });
  return problems.sort(
    (one, other) =>
      RANK[one.severity] - RANK[other.severity] ||
      (one.line ?? 0) - (other.line ?? 0) ||
      (one.column ?? 0) - (other.column ?? 0),
  );
}

function loops(chart: CompiledChart, { loops }: Exploration): readonly Finding[] {
  return loops.map(({ cycle, isGuarded, trace }): Finding => {
    const [first] = cycle;
    const path: PlacePath = first === undefined ? [] : pathOfCandidate(chart, first);
    const round = cycle.map((candidate) => nameOfCandidate(chart, candidate)).join(", ");
    if (isGuarded) {
      const message = `as long as the guards assumed stay true this goes round and never comes to rest: ${round}`;
      return { severity: "warning", code: "guarded_always_loop", message, path, trace };
    }
    const message = `this goes round for ever, whatever the guards say: ${round}`;
    return { severity: "error", code: "always_loop", message, path, trace };
  });
}

function deadlocks(
  chart: CompiledChart,
  exploration: Exploration,
  dead: readonly DeadGoal[],
): readonly Finding[] {
  const trapped = dead.filter(({ goal }) => goal.kind === "sticky");
  return dead.flatMap(({ goal, node, count }): readonly Finding[] => {
    if (goal.kind !== "region") return [];
    const isTrap = trapped.some(
      (trap) =>
        isBelow(chart.states, trap.goal.state.index, goal.state.index) &&
        node.configuration.isActive(trap.goal.state.index),
    );
    if (isTrap) return [];
    const inside = node.configuration.leaves
      .map((leaf) => nodeAt(chart.states, leaf))
      .filter(({ index, kind }) => {
        const isIn = index === goal.state.index || isBelow(chart.states, index, goal.state.index);
        return isIn && kind !== "final";
      });
    const [first] = inside;
    const where = inside.map(nameOfState).join(", ");
    const more =
      count > 1 ? ` (nor in ${count - 1} other configuration${count === 2 ? "" : "s"})` : "";
    const message = node.isFresh
      ? `nothing can leave ${where}, though it is not final: no transition that may create an instance leads on${more}`
      : `nothing can leave ${where}, though it is not final: no event does anything there any more${more}`;
    const path = pathOfState(first ?? goal.state);
    const trace = traceOf(exploration.nodes, node.index);
    return [{ severity: "warning", code: "deadlock", message, path, trace }];
  });
}

function stickyTraps(exploration: Exploration, dead: readonly DeadGoal[]): readonly Finding[] {
  return dead.flatMap(({ goal, node }): readonly Finding[] => {
    if (goal.kind !== "sticky") return [];
    const leaveBy = goal.state.sticky ?? [];
    const only =
      leaveBy.length === 0
        ? "nothing may leave it"
        : `only ${leaveBy.join(", ")} may leave it, and cannot from here on`;
    const message = `${nameOfState(goal.state)} is sticky without a way out: ${only}`;
    const path = [...pathOfState(goal.state), "sticky"];
    const trace = traceOf(exploration.nodes, node.index);
    return [{ severity: "warning", code: "sticky_trap", message, path, trace }];
  });
}

/** `done`: states that are done at some time, or may be. */
function neverJoining(
  chart: CompiledChart,
  exploration: Exploration,
  done: ReadonlySet<number>,
): readonly Finding[] {
  return chart.states.flatMap((state): readonly Finding[] => {
    const joins = state.kind === "parallel" && state.on.has(doneEvent(state.path));
    if (!joins || done.has(state.index)) return [];
    const node = exploration.nodes.find(({ configuration }) => configuration.isActive(state.index));
    if (node === undefined) return [];
    const endless = state.children
      .map((child) => nodeAt(chart.states, child))
      .filter((child) => !canEnd(chart, child.index))
      .map(nameOfState);
    const why =
      endless.length === 0
        ? "its regions are never all final at one time"
        : `${endless.join(" and ")} ${endless.length === 1 ? "has" : "have"} no final state`;
    const message = `${nameOfState(state)} can never join, so its onDone is never taken: ${why}`;
    const path = [...pathOfState(state), "onDone"];
    const trace = traceOf(exploration.nodes, node.index);
    return [{ severity: "warning", code: "never_joins", message, path, trace }];
  });
}

function canEnd(chart: CompiledChart, index: number): boolean {
  const { kind, children } = nodeAt(chart.states, index);
  if (kind === "parallel") return children.every((child) => canEnd(chart, child));
  return children.some((child) => nodeAt(chart.states, child).kind === "final");
}

function lostCompensations(exploration: Exploration): readonly Finding[] {
  const told = new Set<string>();
  const { nodes, compensated } = exploration;
  return compensated.flatMap(({ transition, by, from, to, label }): readonly Finding[] => {
    const node = nodeAt(nodes, to);
    if (told.has(transition) || !node.isExpanded || node.isCut || node.taken.includes(by))
      return [];
    told.add(transition);
    const where = node.configuration.paths.join(", ");
    const why = node.configuration.done ? "the instance has ended" : `${by} cannot be taken`;
    const message = `${transition} is compensated by ${by}, but leads to ${where}, where ${why}`;
    const path = ["transitions", transition, "compensatedBy"];
    const trace = [...traceOf(nodes, from), label];
    return [{ severity: "warning", code: "lost_compensation", message, path, trace }];
  });
}

function largeDocuments(chart: CompiledChart): readonly Finding[] {
  const bytes = documentBytes(chart);
  if (bytes.total <= DOCUMENT_BYTES_WARN) return [];
  const parts = (["context", "effects", "timers", "history", "configuration"] as const)
    .filter((part) => bytes[part] > 0)
    .map((part) => `${part} ${bytes[part]}`)
    .join(", ");
  const { largest } = bytes;
  const property =
    largest === null ? "" : `; the largest property is ${largest.property} with ${largest.bytes}`;
  const harm =
    bytes.total > DOCUMENT_BYTES_MAX
      ? `above ${DOCUMENT_BYTES_MAX} transitions are refused`
      : `above ${DOCUMENT_BYTES_WARN} each transition becomes slow`;
  const message = `documents can take ${bytes.total} bytes (${parts}${property}); ${harm}: bound lengths, or keep what grows in instances of its own`;
  const path = largest === null ? ["context"] : ["context", "properties", largest.property];
  return [{ severity: "warning", code: "document_size", message, path, trace: [] }];
}

function overlaps(chart: CompiledChart, formulas: GuardFormulas): readonly Finding[] {
  return overlapsOf(chart, formulas).map(({ first, second }): Finding => {
    const names = (guards: typeof first.guards): string =>
      guards.map(({ name }) => name).join(", ");
    const message = `${nameOfCandidate(chart, second)}: [${names(first.guards)}] and [${names(second.guards)}] can both hold; then the first is taken`;
    return {
      severity: "note",
      code: "overlapping_guards",
      message,
      path: pathOfCandidate(chart, second),
    };
  });
}

function bounds({ isBounded, nodes, steps }: Exploration): readonly Finding[] {
  if (!isBounded) return [];
  const message = `the model check stopped at ${nodes.length} configurations and ${steps} steps; what it names is so, but it may have missed deadlocks, loops and lost compensations`;
  return [{ severity: "note", code: "bounded", message, path: [] }];
}
