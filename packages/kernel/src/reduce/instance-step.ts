import { celErrorName, isCelError } from "../cel/cel-error.ts";
import type { CelProgram, CelScope } from "../cel/cel.ts";
import type {
  Action,
  AfterDeclaration,
  Candidate,
  EmitAction,
  Guard,
  JoinAction,
  Region,
  StateNode,
} from "../chart/compiled-chart.ts";
import type { Macrostep, MacrostepResult, StepHost, StepOrigin } from "../interpret/step-host.ts";
import { assert } from "../invariant.ts";
import { isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { utf8Length } from "../json/text.ts";
import { DEPTH_MAX, INPUTS_BYTES_MAX, MICROSTEPS_MAX, OWNER_LENGTH_MAX } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import { valueProblem, withPath } from "./context-path.ts";
import type { Draft } from "./draft.ts";
import type { Due } from "./document.ts";
import { idOf } from "./instance-name.ts";
import { guardOutcome } from "./guard-outcome.ts";
import type { GuardSetting } from "./guard-outcome.ts";

/** What a step of one instance may look at beside its draft. */
export interface StepSetting extends GuardSetting {
  /** Journal time, ms. */
  readonly at: number;
  /** Index of `beat/main` before this record. */
  readonly beat: number | null;
  readonly verdict: readonly boolean[];
  /** Of the proposal that the record is made of; null in records that the engine makes of itself. */
  readonly signer: string | null;
  readonly window: string | null;
  /** The signer's identity is a person's. */
  readonly human: boolean;
  /** The log's. */
  readonly origin: string;
}

export interface StepEvent {
  readonly name: string;
  readonly inputs: JsonObject;
  /** Depth of the joins that it asks for. */
  readonly joinDepth: number;
}

/** Where an action stands, for messages. */
interface ActionPlace {
  readonly part: "entry" | "exit" | "transition" | "timer";
  readonly state: StateNode;
  readonly event: string | null;
}

interface Assigned {
  readonly path: readonly string[];
  readonly place: ActionPlace;
}

const NO_INPUTS: JsonObject = {};

/**
 * One instance through one event: the interpreter's host. Owns the scope that expressions see and the first failure;
 * what changes is the draft's. After a failure the draft is half changed: the caller discards it or puts it back.
 */
export class InstanceStep implements StepHost, CelScope {
  context: JsonObject;
  inputs: JsonObject;
  readonly config: JsonObject;
  reads: JsonObject = {};
  readonly at: number;
  readonly beat: number | null;
  readonly verdict: readonly boolean[];
  readonly signer: string | null;
  readonly window: string | null;
  readonly human: boolean;
  /** Why an action failed; empty: none did. */
  failure = "";

  readonly #draft: Draft;
  readonly #setting: StepSetting;
  readonly #event: StepEvent;
  #macrostep: Macrostep | null = null;
  /** Where the outcomes of this microstep begin: a guard is listed once in each. */
  #outcomesFrom: number;
  /** Where the candidates' outcomes of the event end; −1: not known yet. */
  #candidatesEnd = -1;
  #assigned: Assigned[] = [];
  #isBlocked = false;

  constructor(draft: Draft, setting: StepSetting, event: StepEvent) {
    this.context = draft.context;
    this.inputs = event.inputs;
    this.config = draft.chart.config;
    this.at = setting.at;
    this.beat = setting.beat;
    this.verdict = setting.verdict;
    this.signer = setting.signer;
    this.window = setting.window;
    this.human = setting.human;
    this.#draft = draft;
    this.#setting = setting;
    this.#event = event;
    this.#outcomesFrom = draft.outcomes.length;
  }

  get self(): JsonObject {
    const { chart, instance } = this.#draft;
    const { origin } = this.#setting;
    return { chart_hash: chart.hash, id: idOf(instance), instance, origin };
  }

  get failed(): boolean {
    return this.failure !== "";
  }

  isActive(state: number): boolean {
    if (this.#macrostep !== null) return this.#macrostep.isActive(state);
    return this.#draft.configuration?.isActive(state) === true;
  }

  /**
   * Transition-level guards: all are evaluated; the first false one, or null. Where one is false nothing will be taken:
   * the candidates are only asked, so that the refusal can tell everything.
   */
  firstFalse(guards: readonly Guard[]): string | null {
    let first: string | null = null;
    for (const guard of guards) {
      if (!this.#outcome(guard)) first ??= guard.name;
    }
    this.#isBlocked = first !== null;
    return first;
  }

  /** Enters the initial configuration. `forgetOutcomes` where its outcomes are set aside. */
  enterInitial(): void {
    assert(this.#draft.configuration === null, "an instance is entered once");
    this.#finish(this.#draft.runtime.interpreter.initial(this));
  }

  /** Takes the event: null where it was taken or failed, else the first candidate that was looked at. */
  take(): { readonly taken: boolean; readonly first: Candidate | null } {
    const { configuration, history, runtime } = this.#draft;
    assert(configuration !== null, "an event comes to a configuration");
    const result = runtime.interpreter.macrostep(configuration, history, this.#event.name, this);
    this.#finish(result);
    if (result.kind === "failed") return { taken: false, first: null };
    return { taken: result.taken, first: result.first };
  }

  /** Goes where a failed timer step goes. */
  fail(region: Region): boolean {
    const { configuration, history, runtime } = this.#draft;
    assert(configuration !== null, "a failure comes to a configuration");
    this.#finish(runtime.interpreter.fail(configuration, history, region, this));
    return !this.failed;
  }

  /** The draft's outcomes were set aside: what comes now begins a microstep of its own. */
  forgetOutcomes(): void {
    this.#outcomesFrom = 0;
    this.#candidatesEnd = -1;
  }

  /** Where the event's own candidates end in the draft's outcomes. */
  get candidatesEnd(): number {
    return this.#candidatesEnd < 0 ? this.#draft.outcomes.length : this.#candidatesEnd;
  }

  begin(macrostep: Macrostep): void {
    this.#macrostep = macrostep;
  }

  beginMicrostep(origin: StepOrigin): void {
    this.inputs = origin === "internal" ? NO_INPUTS : this.#event.inputs;
    if (origin === "external") return;
    this.#outcomesFrom = this.#draft.outcomes.length;
    if (this.#candidatesEnd < 0) this.#candidatesEnd = this.#outcomesFrom;
  }

  holds(candidate: Candidate): boolean {
    let holds = !this.#isBlocked;
    for (const guard of candidate.guards) {
      if (!this.#outcome(guard)) holds = false;
    }
    return holds;
  }

  exit(state: StateNode): void {
    const draft = this.#draft;
    draft.touch(state.region);
    if (state.exit.length > 0) this.#run(state.exit, { part: "exit", state, event: null }, state);
    if (draft.timers.length > 0) draft.removeTimers((timer) => timer.state === state.path);
    if (draft.effects.length > 0) {
      const { emits } = draft.chart;
      draft.close((effect) => effect.state === state.path && emits.get(effect.name)?.keep !== true);
    }
  }

  act(candidate: Candidate, domain: StateNode): void {
    if (candidate.actions.length === 0) return;
    const source = this.#draft.chart.states[candidate.source];
    assert(source !== undefined, "a candidate has a source");
    this.#draft.touch(source.region);
    const owner = candidate.targets.length === 0 ? source : domain;
    this.#run(
      candidate.actions,
      { part: "transition", state: source, event: candidate.event },
      owner,
    );
  }

  enter(state: StateNode): void {
    this.#draft.touch(state.region);
    if (state.entry.length > 0)
      this.#run(state.entry, { part: "entry", state, event: null }, state);
    for (const after of state.after) this.#setTimer(state, after);
  }

  raised(event: string, taken: boolean): void {
    this.#draft.raised.push({ event, taken });
  }

  #outcome(guard: Guard): boolean {
    const { outcomes } = this.#draft;
    for (let at = this.#outcomesFrom; at < outcomes.length; at += 1) {
      const known = outcomes[at];
      if (known?.guard === guard.name) return known.ok;
    }
    const outcome = guardOutcome(guard, this, this.#setting);
    outcomes.push(outcome);
    return outcome.ok;
  }

  #finish(result: MacrostepResult): void {
    const draft = this.#draft;
    this.#macrostep = null;
    this.inputs = this.#event.inputs;
    if (result.kind === "failed") {
      this.#fail(
        `the macrostep of ${this.#event.name} passed ${MICROSTEPS_MAX} microsteps; the chart never comes to rest`,
      );
      return;
    }
    draft.configuration = result.configuration;
    draft.history = result.history;
    if (draft.context !== this.context) {
      draft.context = this.context;
      this.#checkContext();
    }
    if (result.configuration.done && !this.failed) draft.end();
  }

  #checkContext(): void {
    const [violation] = this.#draft.chart.validateContext(this.context, "context");
    if (violation === undefined) return;
    let where = "";
    for (const { path, place } of this.#assigned) {
      const key = path.join(".");
      const isBlamed =
        isWithin(violation.place, `context.${key}`) || isWithin(`context.${key}`, violation.place);
      if (isBlamed) where = `${nameOf(place)}, assign ${key}: `;
    }
    this.#fail(`${where}${violation.place}: ${violation.problem}`);
  }

  /** The first failure counts; nothing runs after it. */
  #fail(failure: string): void {
    if (this.failure === "") this.failure = failure;
  }

  #run(actions: readonly Action[], place: ActionPlace, owner: StateNode): void {
    for (const action of actions) {
      if (this.failed) return;
      this.#act(action, place, owner);
    }
  }

  #act(action: Action, place: ActionPlace, owner: StateNode): void {
    switch (action.kind) {
      case "assign":
        for (const { path, value } of action.assignments) this.#assign(path, value, place);
        return;
      case "raise":
        assert(this.#macrostep !== null, "actions run inside a macrostep");
        this.#macrostep.raise(action.event);
        return;
      case "emit":
        this.#emit(action, place, owner);
        return;
      case "cancel":
        this.#draft.close((effect) => effect.name === action.id);
        this.#draft.removeTimers((timer) => timer.id === action.id);
        return;
      case "join":
        this.#join(action, place);
        return;
      default:
        unreachable(action);
    }
  }

  #assign(path: readonly string[], program: CelProgram, place: ActionPlace): void {
    const what = (): string => `assign ${path.join(".")}`;
    const value = this.#evaluate(program, place, what, DEPTH_MAX - path.length);
    if (value === undefined) return;
    const context = withPath(this.context, path, value);
    if (context === undefined) {
      this.#fail(`${nameOf(place)}, ${what()}: there is no object to hold it`);
      return;
    }
    this.context = context;
    this.#assigned.push({ path, place });
  }

  #emit(action: EmitAction, place: ActionPlace, state: StateNode): void {
    const draft = this.#draft;
    const what = (): string => `emit ${action.id}`;
    const owner = this.#evaluate(action.owner, place, what, 0);
    const data = this.#evaluate(action.with, place, what, DEPTH_MAX);
    const due = this.#due(action.deadline, place, what);
    if (owner === undefined || data === undefined || due === undefined) return;
    if (typeof owner !== "string" || owner === "" || owner.length > OWNER_LENGTH_MAX) {
      this.#fail(
        `${nameOf(place)}, ${what()}: owner ${JSON.stringify(owner)} is no identity's name`,
      );
      return;
    }
    draft.open({
      answer: action.answer,
      due,
      effect: action.effect,
      fence: draft.seq,
      id: `${draft.instance}#${draft.seq}.${draft.emitted}`,
      name: action.id,
      owner,
      state: state.path,
      with: data,
    });
  }

  #join(action: JoinAction, place: ActionPlace): void {
    const what = (): string => `join ${action.transition}`;
    const instance = this.#evaluate(action.instance, place, what, 0);
    const inputs = this.#evaluate(action.inputs, place, what, DEPTH_MAX);
    if (instance === undefined || inputs === undefined) return;
    if (typeof instance !== "string") {
      this.#fail(`${nameOf(place)}, ${what()}: ${JSON.stringify(instance)} is no instance`);
      return;
    }
    if (!isJsonObject(inputs)) {
      this.#fail(`${nameOf(place)}, ${what()}: its inputs are no object`);
      return;
    }
    const bytes = utf8Length(JSON.stringify(inputs));
    if (bytes > INPUTS_BYTES_MAX) {
      this.#fail(
        `${nameOf(place)}, ${what()}: inputs of ${bytes} bytes; at most ${INPUTS_BYTES_MAX}`,
      );
      return;
    }
    this.#draft.joins.push({
      instance,
      transition: action.transition,
      inputs,
      joiner: `${this.#draft.chart.name}.${this.#event.name}`,
      depth: this.#event.joinDepth,
    });
  }

  #setTimer(state: StateNode, after: AfterDeclaration): void {
    const place: ActionPlace = { part: "timer", state, event: null };
    const due = this.#due(after, place, () => after.id);
    if (due === undefined) return;
    this.#draft.setTimer({ due, event: after.raise, id: after.id, state: state.path });
  }

  #due(
    wait: { readonly unit: "ms" | "beats"; readonly value: CelProgram },
    place: ActionPlace,
    what: () => string,
  ): Due | undefined {
    const value = this.#evaluate(wait.value, place, what, 0);
    if (value === undefined) return undefined;
    const from = wait.unit === "ms" ? this.at : (this.beat ?? 0);
    if (typeof value !== "number" || value < 0 || !Number.isSafeInteger(from + value)) {
      this.#fail(
        `${nameOf(place)}, ${what()}: ${JSON.stringify(value)} ${wait.unit} cannot be waited for`,
      );
      return undefined;
    }
    return wait.unit === "ms" ? { at: from + value } : { beat: from + value };
  }

  /** undefined: it failed, and the failure is noted. */
  #evaluate(
    program: CelProgram,
    place: ActionPlace,
    what: () => string,
    depthMax: number,
  ): Json | undefined {
    const value = program.evaluate(this);
    const problem = isCelError(value)
      ? `error: ${celErrorName(value)}`
      : valueProblem(value, depthMax);
    if (problem === undefined && !isCelError(value)) return value;
    this.#fail(`${nameOf(place)}, ${what()}: ${problem}`);
    return undefined;
  }
}

/** Is one place (`context.items[3].id`) the other or inside it? */
function isWithin(inner: string, outer: string): boolean {
  if (!inner.startsWith(outer)) return false;
  const next = inner.charAt(outer.length);
  return next === "" || next === "." || next === "[";
}

function nameOf({ part, state, event }: ActionPlace): string {
  const path = state.path === "" ? "the root" : state.path;
  if (part !== "transition") return `${part} of ${path}`;
  return event === null ? `always of ${path}` : `${event} of ${path}`;
}
