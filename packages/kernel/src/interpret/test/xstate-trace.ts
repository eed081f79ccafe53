import { createActor } from "xstate";
import type { Candidate, CompiledChart, StateNode } from "../../chart/compiled-chart.ts";
import type { Macrostep, StepHost } from "../step-host.ts";
import { ourMachine } from "./chart-machine.ts";
import { TooLong } from "./free-guards.ts";
import { toXState } from "./to-xstate.ts";

const CALLS_MAX = 400;

export interface XStatePlay {
  readonly events: readonly string[];
  /** Guards without a memory: XState asks fewer candidates than we do, so answers may not depend on how often. */
  holds(candidate: Candidate): boolean;
}

/** What was left, taken and entered, and where that led after each event; undefined: it goes on for ever. */
export function ourTrace(chart: CompiledChart, play: XStatePlay): readonly string[] | undefined {
  const trace: string[] = [];
  let macrostep: Macrostep | undefined;
  let calls = 0;
  const note = (call: string, actions: StateNode["entry"]): void => {
    trace.push(call);
    for (const action of actions) if (action.kind === "raise") macrostep?.raise(action.event);
  };
  const count = (): void => {
    calls += 1;
    if (calls > CALLS_MAX) throw new TooLong();
  };
  const host: StepHost = {
    failed: false,
    begin: (begun) => (macrostep = begun),
    beginMicrostep: count,
    holds: (candidate) => candidate.guards.length === 0 || play.holds(candidate),
    exit: (state) => note(`exit ${state.path}`, state.exit),
    act: (candidate) => note(`act ${candidate.index}`, candidate.actions),
    enter: (state) => note(`enter ${state.path}`, state.entry),
    raised: count,
  };
  const machine = ourMachine(chart);
  try {
    machine.start(host);
    trace.push(`= ${machine.leaves().join()}`);
    for (const event of play.events) {
      if (machine.done) break;
      machine.send(event, host);
      trace.push(`= ${machine.leaves().join()}`);
    }
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
  return machine.done ? [...trace, "done"] : trace;
}

/** The same by XState 5. Where the machine is done XState leaves every state; those exits are left out. */
export function xstateTrace(chart: CompiledChart, play: XStatePlay): readonly string[] | undefined {
  const trace: string[] = [];
  let asked = 0;
  const machine = toXState(chart, {
    note: (call) => trace.push(call),
    holds: (candidate) => {
      asked += 1;
      if (asked > CALLS_MAX * 20) throw new TooLong();
      return candidate.guards.length === 0 || play.holds(candidate);
    },
  });
  const actor = createActor(machine);
  actor.subscribe({ error: () => {} });
  actor.start();
  const where = (): "active" | "done" | "error" => {
    const { status } = actor.getSnapshot();
    if (status === "error") return "error";
    if (status === "done") while (trace.at(-1)?.startsWith("exit ") === true) trace.pop();
    const leaves = actor
      .getSnapshot()
      ._nodes.filter((node) => node.type === "atomic" || node.type === "final")
      .map((node) => node.id.slice("id_".length).replaceAll("/", "."));
    trace.push(`= ${leaves.sort().join()}`);
    if (status === "done") trace.push("done");
    return status === "done" ? "done" : "active";
  };
  let status = where();
  for (const event of play.events) {
    if (status !== "active") break;
    actor.send({ type: event });
    status = where();
  }
  return status === "error" ? undefined : trace;
}
