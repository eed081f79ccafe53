import { isCelError } from "../../cel/cel-error.ts";
import type { CelProgram, CelScope } from "../../cel/cel.ts";
import type { Action, Candidate, CompiledChart, StateNode } from "../../chart/compiled-chart.ts";
import { isJsonObject, type Json, type JsonObject } from "../../json/json.ts";
import type { Macrostep, StepHost } from "../step-host.ts";

/** An event that the chart sent to itself by the effect `send`. */
export interface Sent {
  readonly id: string;
  readonly event: string;
  readonly at: number;
}

/** Runs guards and actions of a chart on a context of its own, and writes down every call: enough of a host for tests. */
export class ChartHost implements StepHost {
  readonly chart: CompiledChart;
  context: JsonObject;
  now = 0;
  sent: Sent[] = [];
  readonly calls: string[] = [];
  failed = false;
  #macrostep: Macrostep | undefined;

  constructor(chart: CompiledChart) {
    this.chart = chart;
    this.context = chart.initialContext;
  }

  begin(macrostep: Macrostep): void {
    this.#macrostep = macrostep;
  }

  beginMicrostep(): void {}

  holds(candidate: Candidate): boolean {
    const ok = candidate.guards.every(
      (guard) => guard.kind === "cel" && guard.when.evaluate(this.#scope()) === true,
    );
    this.calls.push(`ask ${candidate.index} ${ok}`);
    return ok;
  }

  exit(state: StateNode): void {
    this.calls.push(`exit ${state.path}`);
    this.#run(state.exit);
  }

  act(candidate: Candidate, domain: StateNode): void {
    this.calls.push(`act ${candidate.index} in ${domain.path}`);
    this.#run(candidate.actions);
  }

  enter(state: StateNode): void {
    this.calls.push(`enter ${state.path}`);
    this.#run(state.entry);
  }

  raised(event: string, taken: boolean): void {
    this.calls.push(`raised ${event} ${taken}`);
  }

  #run(actions: readonly Action[]): void {
    for (const action of actions) this.#act(action);
  }

  #act(action: Action): void {
    switch (action.kind) {
      case "raise":
        this.#macrostep?.raise(action.event);
        return;
      case "assign":
        for (const { path, value } of action.assignments) {
          const [key] = path;
          if (key === undefined || path.length !== 1) throw new Error("tests assign whole keys");
          this.context = { ...this.context, [key]: this.#value(value) };
        }
        return;
      case "emit": {
        const payload = this.#value(action.with);
        if (!isJsonObject(payload)) throw new Error("a send has a payload");
        const at = this.now + delayMs(String(payload.delay));
        this.sent.push({ id: action.id, event: String(payload.event), at });
        return;
      }
      case "cancel":
        this.sent = this.sent.filter((sent) => sent.id !== action.id);
        return;
      case "join":
        throw new Error("tests join nothing");
    }
  }

  #value(program: CelProgram): Json {
    const value = program.evaluate(this.#scope());
    if (isCelError(value)) throw new Error(`${program.source}: ${String(value)}`);
    return value;
  }

  #scope(): CelScope {
    return {
      context: this.context,
      inputs: {},
      config: this.chart.config,
      reads: {},
      at: this.now,
      beat: null,
      verdict: [],
      signer: null,
      window: null,
      self: {},
      human: false,
      isActive: (state) => this.#macrostep?.isActive(state) === true,
    };
  }
}

/** `1s`, `.5s`, `200ms`; nothing means at once. */
function delayMs(text: string): number {
  const [, number = "0", unit = "ms"] = /^([\d.]+)(ms|s)$/.exec(text) ?? [];
  return Math.round(Number(number) * (unit === "s" ? 1000 : 1));
}
