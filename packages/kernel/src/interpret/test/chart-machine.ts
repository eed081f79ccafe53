import type { Candidate, CompiledChart, StateNode } from "../../chart/compiled-chart.ts";
import type { NormalCandidate, NormalState } from "../../chart/normal-chart.ts";
import { AppendixD } from "./appendix-d.ts";
import type { State, Transition } from "./scxml-document.ts";
import { createInterpreter, type Interpreter } from "../interpreter.ts";
import type { Configuration, HistoryValue, StepHost } from "../step-host.ts";

/** One running chart, whoever interprets it. */
export interface ChartMachine {
  readonly name: string;
  start(host: StepHost): void;
  /** True: some transition was taken. */
  send(event: string, host: StepHost): boolean;
  /** Paths of the active leaves, sorted. */
  leaves(): readonly string[];
  history(): HistoryValue;
  readonly done: boolean;
}

export function ourMachine(chart: CompiledChart, cacheEntriesMax?: number): ChartMachine {
  const options = cacheEntriesMax === undefined ? {} : { cacheEntriesMax };
  return new OurMachine(createInterpreter(chart, options));
}

class OurMachine implements ChartMachine {
  readonly name = "interpreter";
  readonly #interpreter: Interpreter;
  #configuration: Configuration | undefined;
  #history: HistoryValue = {};

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  get done(): boolean {
    return this.#configuration?.done === true;
  }

  start(host: StepHost): void {
    this.#keep(this.#interpreter.initial(host));
  }

  send(event: string, host: StepHost): boolean {
    if (this.#configuration === undefined) throw new Error("start it first");
    return this.#keep(this.#interpreter.macrostep(this.#configuration, this.#history, event, host));
  }

  leaves(): readonly string[] {
    return this.#configuration?.paths ?? [];
  }

  history(): HistoryValue {
    return this.#history;
  }

  #keep(result: ReturnType<Interpreter["initial"]>): boolean {
    if (result.kind === "failed") throw new Error(`the macrostep failed: ${result.reason}`);
    this.#configuration = result.configuration;
    this.#history = result.history;
    return result.taken;
  }
}

/** The transcription of Appendix D, with the host's calls in the terms of the compiled chart. */
export class AppendixDMachine implements ChartMachine {
  readonly name = "appendix D";
  readonly #chart: CompiledChart;
  readonly #candidates: ReadonlyMap<NormalCandidate, Candidate>;
  readonly #machine: AppendixD;
  #host: StepHost | undefined;

  constructor(chart: CompiledChart) {
    this.#chart = chart;
    this.#candidates = candidatesOf(chart);
    this.#machine = new AppendixD(chart.normal, {
      conditionMatch: (transition) => this.#hosted().holds(this.#candidate(transition)),
      exit: (state) => this.#hosted().exit(this.#node(state)),
      content: (transition, domain) => {
        this.#hosted().act(this.#candidate(transition), this.#node(domain));
      },
      enter: (state) => this.#hosted().enter(this.#node(state)),
      raised: (event, taken) => this.#hosted().raised(event, taken),
    });
  }

  get done(): boolean {
    return !this.#machine.running;
  }

  start(host: StepHost): void {
    this.#begin(host);
    this.#machine.interpret();
  }

  send(event: string, host: StepHost): boolean {
    this.#begin(host);
    return this.#machine.externalEvent(event);
  }

  leaves(): readonly string[] {
    return this.#machine.atomicStates();
  }

  history(): HistoryValue {
    return this.#machine.history();
  }

  #begin(host: StepHost): void {
    this.#host = host;
    host.begin({
      isActive: (index) => {
        const state = this.#machine.byId.get(this.#chart.states[index]?.path ?? "?");
        return state !== undefined && this.#machine.configuration.isMember(state);
      },
      raise: (event) => this.#machine.raise(event),
    });
  }

  #hosted(): StepHost {
    if (this.#host === undefined) throw new Error("it runs for a host");
    return this.#host;
  }

  #node(state: State): StateNode {
    const node = this.#chart.stateByPath.get(state.id);
    if (node === undefined) throw new Error(`no state ${state.id}`);
    return node;
  }

  #candidate(transition: Transition): Candidate {
    const candidate = transition.normal && this.#candidates.get(transition.normal);
    if (candidate === null || candidate === undefined) throw new Error("no such candidate");
    return candidate;
  }
}

function candidatesOf(chart: CompiledChart): ReadonlyMap<NormalCandidate, Candidate> {
  const pairs = new Map<NormalCandidate, Candidate>();
  const pair = (normals: readonly NormalCandidate[], compiled: readonly Candidate[]): void => {
    normals.forEach((normal, index) => {
      const candidate = compiled[index];
      if (candidate !== undefined) pairs.set(normal, candidate);
    });
  };
  const walk = (normal: NormalState, path: string): void => {
    const state = chart.stateByPath.get(path);
    if (state === undefined) throw new Error(`no state ${path}`);
    pair(normal.always, state.always);
    for (const [event, list] of Object.entries(normal.on)) pair(list, state.on.get(event) ?? []);
    pair(normal.onDone, state.on.get(`done.state.${path}`) ?? []);
    for (const [name, child] of normal.states) walk(child, path === "" ? name : `${path}.${name}`);
  };
  walk(chart.normal.root, "");
  return pairs;
}
