import { createMachine, initialTransition, or, raise, stateIn, transition } from "xstate";
import type { AnyMachineSnapshot } from "xstate";
import { NO_SCOPE } from "../../cel/compile-node.ts";
import type { Candidate, CompiledChart } from "../../chart/compiled-chart.ts";
import { createInterpreter } from "../../interpret/interpreter.ts";
import type { Macrostep, MacrostepResult, StepHost } from "../../interpret/step-host.ts";
import type { JsonObject } from "../../json/json.ts";

export type Truth = (guard: string) => boolean;

/** Active leaves after the start and after each event, as XState's own interpreter sees an exported machine. */
export function xstateWalk(
  machineConfig: JsonObject,
  setting: {
    readonly events: readonly string[];
    readonly guards: readonly string[];
    readonly truth: Truth;
    readonly stateGuards?: { readonly [name: string]: readonly string[] };
  },
): readonly string[] {
  const { truth, stateGuards = {} } = setting;
  const named = setting.guards.map((name) => [name, () => truth(name)] as const);
  const ofStates = Object.entries(stateGuards).map(
    ([name, ids]) => [name, or(ids.map((id) => stateIn(id)))] as const,
  );
  const machine = createMachine(machineConfig as Parameters<typeof createMachine>[0]).provide({
    guards: {
      ...Object.fromEntries(named),
      ...Object.fromEntries(ofStates),
      and: (_: unknown, params: unknown) => (params as { guards: string[] }).guards.every(truth),
    },
    actions: {
      raise: raise((_, params: unknown) => ({ type: (params as { event: string }).event })),
      assign: () => {},
      emit: () => {},
      cancel: () => {},
      join: () => {},
    },
    delays: { nag: 60_000 },
  });
  let [snapshot]: readonly [AnyMachineSnapshot, ...unknown[]] = initialTransition(machine);
  const walk = [leavesOf(snapshot)];
  for (const event of setting.events) {
    if (snapshot.status !== "active") break;
    [snapshot] = transition(machine, snapshot, { type: event });
    walk.push(leavesOf(snapshot));
  }
  return walk;
}

function leavesOf(snapshot: AnyMachineSnapshot): string {
  return snapshot._nodes
    .filter((node) => node.type === "atomic" || node.type === "final")
    .map((node) => node.path.join("."))
    .sort()
    .join(" ");
}

/** The same walk by our interpreter. undefined: some step goes on for ever. */
export function ourWalk(
  chart: CompiledChart,
  setting: { readonly events: readonly string[]; readonly truth: Truth },
): readonly string[] | undefined {
  const interpreter = createInterpreter(chart);
  let macrostep: Macrostep | undefined;
  const run = (actions: Candidate["actions"]): void => {
    for (const action of actions) if (action.kind === "raise") macrostep?.raise(action.event);
  };
  const host: StepHost = {
    failed: false,
    begin: (begun) => (macrostep = begun),
    beginMicrostep: () => {},
    holds: ({ guards }) =>
      guards.every((guard) =>
        guard.kind === "cel" && guard.when.states.length > 0
          ? guard.when.evaluate({
              ...NO_SCOPE,
              isActive: (state) => macrostep?.isActive(state) === true,
            }) === true
          : setting.truth(guard.name),
      ),
    exit: (state) => run(state.exit),
    act: (candidate) => run(candidate.actions),
    enter: (state) => run(state.entry),
    raised: () => {},
  };
  let result: MacrostepResult = interpreter.initial(host);
  const walk: string[] = [];
  for (const event of ["", ...setting.events]) {
    if (result.kind === "failed") return undefined;
    if (event !== "") {
      if (result.configuration.done) break;
      result = interpreter.macrostep(result.configuration, result.history, event, host);
      if (result.kind === "failed") return undefined;
    }
    walk.push([...result.configuration.paths].sort().join(" "));
  }
  return walk;
}
