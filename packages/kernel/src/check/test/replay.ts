import { NO_SCOPE } from "../../cel/compile-node.ts";
import type {
  Action,
  Candidate,
  CompiledChart,
  Guard,
  StateNode,
} from "../../chart/compiled-chart.ts";
import { createInterpreter, type Interpreter } from "../../interpret/interpreter.ts";
import type {
  Configuration,
  HistoryValue,
  Macrostep,
  MacrostepResult,
  StepHost,
} from "../../interpret/step-host.ts";

export type Replayed =
  | { readonly kind: "rest"; readonly configuration: Configuration; readonly history: HistoryValue }
  | { readonly kind: "endless" };

/**
 * Plays the trace of a finding on the real interpreter, guards answering as the trace says: `name` true, `!name` false,
 * both in the order in which they stand; guards that ask for states alone by themselves; all others false. Throws where an
 * event of the trace is not taken.
 */
export function replay(chart: CompiledChart, trace: readonly string[]): Replayed {
  const interpreter = createInterpreter(chart);
  const [first, ...rest] = trace.map(parseLabel);
  const begins = first?.event === "initial";
  let at = mustRest(interpreter.initial(new TraceHost(begins ? first.guards : [])));
  for (const step of begins || first === undefined ? rest : [first, ...rest]) {
    if (at.kind === "endless")
      throw new Error(`nothing comes after an endless step: ${step.event}`);
    const result = take(interpreter, at, step);
    if (result.kind === "done" && !result.taken) throw new Error(`${step.event} is not taken`);
    at = mustRest(result);
  }
  return at;
}

/** The candidates that can be taken for an event, whatever its guards say. */
export function isTakeable(
  chart: CompiledChart,
  at: Configuration,
  history: HistoryValue,
  event: string,
): boolean {
  const host = new TraceHost(null);
  const result = createInterpreter(chart).macrostep(at, history, event, host);
  return result.kind === "failed" || result.taken;
}

interface Step {
  readonly event: string;
  readonly fails: boolean;
  readonly guards: readonly string[];
}

function parseLabel(label: string): Step {
  const match = /^(\w+)( \(fails\))?(?: \[(.*)\])?$/.exec(label);
  if (match === null) throw new Error(`not a step of a trace: ${label}`);
  const [, event = "", fails, guards = ""] = match;
  return { event, fails: fails !== undefined, guards: guards === "" ? [] : guards.split(", ") };
}

function take(
  interpreter: Interpreter,
  at: Replayed & { kind: "rest" },
  step: Step,
): MacrostepResult {
  const { configuration, history } = at;
  const host = new TraceHost(step.guards);
  if (!step.fails) return interpreter.macrostep(configuration, history, step.event, host);
  const region = interpreter.chart.regions.find(({ failure }) => failure !== null);
  if (region === undefined) throw new Error("no region has onFailure");
  return interpreter.fail(configuration, history, region, host);
}

function mustRest(result: MacrostepResult): Replayed {
  if (result.kind === "failed") return { kind: "endless" };
  return { kind: "rest", configuration: result.configuration, history: result.history };
}

/** `null`: every guard that does not ask for states alone holds. */
class TraceHost implements StepHost {
  readonly failed = false;
  readonly #said: readonly string[] | null;
  readonly #asked = new Map<string, number>();
  #macrostep: Macrostep | undefined;

  constructor(said: readonly string[] | null) {
    this.#said = said;
  }

  begin(macrostep: Macrostep): void {
    this.#macrostep = macrostep;
  }

  beginMicrostep(): void {}

  holds(candidate: Candidate): boolean {
    return candidate.guards.every((guard) => this.#answer(guard));
  }

  exit(state: StateNode): void {
    this.#run(state.exit);
  }

  act(candidate: Candidate): void {
    this.#run(candidate.actions);
  }

  enter(state: StateNode): void {
    this.#run(state.entry);
  }

  raised(): void {}

  #answer(guard: Guard): boolean {
    const { name } = guard;
    if (guard.kind === "cel" && guard.when.variables.length === 0) {
      const isActive = (state: number): boolean => this.#macrostep?.isActive(state) === true;
      return guard.when.evaluate({ ...NO_SCOPE, isActive }) === true;
    }
    if (this.#said === null) return true;
    const answers = this.#said.filter((one) => one === name || one === `!${name}`);
    const asked = this.#asked.get(name) ?? 0;
    this.#asked.set(name, asked + 1);
    return (answers[asked] ?? answers.at(-1)) === name;
  }

  #run(actions: readonly Action[]): void {
    for (const action of actions) if (action.kind === "raise") this.#macrostep?.raise(action.event);
  }
}
