import type { CompiledChart, TransitionDeclaration } from "../chart/compiled-chart.ts";
import { isUnknown } from "../cel/mentions.ts";
import type { Configuration } from "../interpret/step-host.ts";
import { Draft } from "../reduce/draft.ts";
import type { Head } from "../reduce/document.ts";
import { InstanceStep, type StepSetting } from "../reduce/instance-step.ts";
import type { Kernel } from "../reduce/kernel.ts";
import { ReadLog } from "../reduce/read-log.ts";
import type { State } from "../reduce/state.ts";
import type { Unknowns } from "./guard-outlook.ts";

/** What only a proposal brings: the scope's variables that nobody knows before. */
const OF_A_PROPOSAL: readonly string[] = ["human", "inputs", "signer", "verdict", "window"];

/** One instance as its guards see it, now. Owns a draft that nothing comes of. */
export class Scene {
  readonly chart: CompiledChart;
  readonly instance: string;
  readonly head: Head | undefined;
  /** Index of `beat/main`, whether or not the chart counts beats. */
  readonly beat: number | null;
  readonly at: number;
  /** null: an instance that ended, or one that cannot be entered without inputs. */
  readonly draft: Draft | null;
  /** Why the initial configuration could not be entered; empty where it was. */
  readonly failure: string;
  readonly #reads: ReadLog;
  readonly #setting: StepSetting;

  constructor(
    kernel: Kernel,
    state: State,
    given: {
      readonly chart: CompiledChart;
      readonly instance: string;
      readonly head: Head | undefined;
      readonly at: number;
    },
  ) {
    this.chart = given.chart;
    this.instance = given.instance;
    this.head = given.head;
    this.at = given.at;
    this.#reads = new ReadLog(state);
    this.beat = this.#reads.beat();
    this.#setting = {
      at: given.at,
      beat: this.beat,
      verdict: [],
      signer: null,
      window: null,
      human: false,
      origin: state.origin,
      attested: new Map(),
      registry: this.#reads,
    };
    this.failure = "";
    if (given.head?.document.meta.ended === true) {
      this.draft = null;
      return;
    }
    const draft = new Draft(kernel, given.chart, given);
    if (draft.configuration === null) {
      const step = new InstanceStep(draft, this.#setting, { name: "", inputs: {}, joinDepth: 1 });
      step.enterInitial();
      this.failure = step.failure;
    }
    this.draft = draft.configuration === null || this.failure !== "" ? null : draft;
  }

  get configuration(): Configuration | null {
    return this.draft?.configuration ?? null;
  }

  /** Candidates that would be asked for an event, in the order of looking. */
  candidates(event: string): ReturnType<Draft["runtime"]["interpreter"]["candidatesFor"]> {
    const { draft } = this;
    if (draft === null || draft.configuration === null) return [];
    return draft.runtime.interpreter.candidatesFor(draft.configuration, event);
  }

  /** The scope of a transition's guards, and what of it is unknown. null: there is nothing to look at. */
  unknowns(declaration: TransitionDeclaration): Unknowns | null {
    const { draft } = this;
    if (draft === null) return null;
    const step = new InstanceStep(draft, this.#setting, {
      name: declaration.name,
      inputs: {},
      joinDepth: 1,
    });
    const names = new Set(OF_A_PROPOSAL);
    const known = declaration.reads.filter(({ name, instance }) => {
      const open = instance.mentions().some((mention) => isUnknown(mention, names));
      if (open) names.add(`reads.${name}`);
      return !open;
    });
    step.reads = this.#reads.values(known, step);
    return { scope: step, setting: this.#setting, names };
  }

  /** The instances that a read stands for now; [] where that is not known. */
  instancesOf(read: string, { scope, names }: Unknowns): readonly string[] {
    const declaration = this.chart.reads.get(read);
    if (declaration === undefined || names.has(`reads.${read}`)) return [];
    const found = declaration.instance.evaluate(scope);
    if (typeof found === "string") return [found];
    return typeof found === "symbol" || !Array.isArray(found) ? [] : found.map(String);
  }

  headOf(instance: string): Head | undefined {
    return this.#reads.head(instance);
  }
}
