import { assert } from "../invariant.ts";
import { compareUtf16 } from "../json/text.ts";
import type { CelProgram } from "../cel/cel.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { unreachable } from "../unreachable.ts";
import type { ChartBuild } from "./build-chart.ts";
import type {
  Action,
  Candidate,
  EmitAction,
  Guard,
  ReadDeclaration,
  ReasonTemplate,
  StateNode,
  TransitionDeclaration,
} from "./compiled-chart.ts";
import type { NormalTransition } from "./normal-chart.ts";

interface CompiledParts {
  readonly states: readonly StateNode[];
  readonly candidates: readonly Candidate[];
  readonly emits: ReadonlyMap<string, EmitAction>;
  readonly reads: ReadonlyMap<string, ReadDeclaration>;
}

export function compileTransitions(
  build: ChartBuild,
  parts: CompiledParts,
): ReadonlyMap<string, TransitionDeclaration> {
  const { normal } = build;
  const unbound = unboundReads(parts);
  const byEvent = candidatesByEvent(parts.candidates);
  const declarations = new Map<string, TransitionDeclaration>();
  // By name, not as in the file: a chart that was read back from its normal form must tell the same in the same order.
  const named = Object.entries(normal.transitions).sort(([a], [b]) => compareUtf16(a, b));
  for (const [name, transition] of named) {
    const guards = build.guards.guards(transition.guards, build.environments.ofEvent(name));
    const own = byEvent.get(name) ?? [];
    const names = new Set([...unbound, ...readsOfGuards(guards), ...own.flatMap(readsOfCandidate)]);
    declarations.set(name, {
      name,
      by: transition.by.map(roleOf),
      joinedBy: transition.joinedBy,
      class: transition.class,
      validateInputs: compileSchema(transition.inputs),
      guards,
      compensatedBy: transition.compensatedBy,
      creates: normal.creates === null || normal.creates.includes(name),
      answers: [...parts.emits.values()]
        .filter((emit) => emit.answer.includes(name))
        .map((emit) => emit.id),
      reads: declaredReads(parts, names),
    });
  }
  return declarations;
}

function candidatesByEvent(
  candidates: readonly Candidate[],
): ReadonlyMap<string | null, readonly Candidate[]> {
  const byEvent = new Map<string | null, Candidate[]>();
  for (const candidate of candidates) {
    const list = byEvent.get(candidate.event) ?? [];
    list.push(candidate);
    byEvent.set(candidate.event, list);
  }
  return byEvent;
}

function roleOf(by: NormalTransition["by"][number]): TransitionDeclaration["by"][number] {
  const [role, human] = by.split(":");
  assert(role !== undefined, "a role has a name");
  return { role, human: human === "human" };
}

function declaredReads(
  parts: CompiledParts,
  names: ReadonlySet<string>,
): readonly ReadDeclaration[] {
  return [...names].sort(compareUtf16).map((name) => {
    const read = parts.reads.get(name);
    assert(read !== undefined, "an expression names declared reads only");
    return read;
  });
}

/** Reads of all that may run in any macrostep: entry, exit, always, done, raised events. */
function unboundReads(parts: CompiledParts): ReadonlySet<string> {
  const { states, candidates } = parts;
  const actions = [
    ...states.flatMap((state) => [...state.entry, ...state.exit]),
    ...candidates.flatMap((candidate) => candidate.actions),
  ];
  const raised = new Set(
    actions.flatMap((action) => (action.kind === "raise" ? [action.event] : [])),
  );
  const isUnbound = ({ event }: Candidate): boolean =>
    event === null || raised.has(event) || event.startsWith("done.state.");
  return new Set([
    ...states.flatMap((state) => [
      ...readsOfActions(state.entry),
      ...readsOfActions(state.exit),
      ...state.after.flatMap((after) => after.value.reads),
    ]),
    ...candidates.filter(isUnbound).flatMap(readsOfCandidate),
  ]);
}

function readsOfCandidate(candidate: Candidate): readonly string[] {
  return [...readsOfGuards(candidate.guards), ...readsOfActions(candidate.actions)];
}

function readsOfGuards(guards: readonly Guard[]): readonly string[] {
  return guards.flatMap((guard) => {
    if (guard.kind === "native") return guard.with.flatMap(([, value]) => value.reads);
    const templates = [...guard.reason, ...(guard.okReason ?? [])];
    return [...guard.when.reads, ...templates.flatMap(readsOfPart)];
  });
}

function readsOfPart(part: ReasonTemplate[number]): readonly string[] {
  return typeof part === "string" ? [] : part.reads;
}

function readsOfActions(actions: readonly Action[]): readonly string[] {
  return actions.flatMap((action) => programsOf(action).flatMap((program) => program.reads));
}

/** Every expression of an action. */
export function programsOf(action: Action): readonly CelProgram[] {
  switch (action.kind) {
    case "assign":
      return action.assignments.map((assignment) => assignment.value);
    case "emit":
      return [action.owner, action.with, action.deadline.value];
    case "join":
      return [action.instance, action.inputs];
    case "raise":
    case "cancel":
      return [];
    default:
      return unreachable(action);
  }
}
