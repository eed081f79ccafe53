import type {
  Action,
  Candidate,
  CompiledChart,
  Guard,
  StateNode,
} from "../chart/compiled-chart.ts";
import { doneEvent } from "../chart/done-event.ts";
import { isBelow, nodeAt } from "../chart/domain.ts";
import { assert } from "../invariant.ts";
import { isInFinalState } from "../interpret/configuration.ts";
import type { Macrostep, StepHost, StepOrigin } from "../interpret/step-host.ts";
import { unreachable } from "../unreachable.ts";
import { Choices } from "./choices.ts";
import type { Coverage } from "./coverage.ts";
import { known, openAtom, type Formula } from "./formula.ts";
import type { BitSet, Goals } from "./goals.ts";
import type { GuardFormulas } from "./guard-formula.ts";

/** Before this many microsteps nobody looks for loops: most macrosteps end sooner, and a loop comes round again. */
const WATCH_AFTER_MICROSTEPS = 4;
/** Candidates told of a loop that the interpreter's bound ended: the last ones taken. */
const CYCLE_CANDIDATES_MAX = 256;
/** Events in the queue of a point that is looked for again: a longer queue grows, and a point with it never comes back. */
const WATCHED_QUEUE_EVENTS_MAX = 64;
/**
 * Events in the queue before a run is given up, once some loop is known to fill it: going to the interpreter's bound in
 * every configuration would take seconds. What is given up proves nothing, for a chart may raise as much and come to rest.
 */
const QUEUE_EVENTS_MAX = 32;

/** Where a run begins. */
export interface RunStart {
  /** Signature of the history value; `` where the chart has no histories. */
  readonly history: string;
  /** Kept effects that are open, as bits. */
  readonly kept: number;
}

export interface Loop {
  /** Candidates that go round, in order. */
  readonly cycle: readonly Candidate[];
  /** False: it goes round whatever any guard says. */
  readonly isGuarded: boolean;
}

/** A guard that was asked: its name, with `!` where it was false. */
interface Note {
  readonly text: string;
  readonly isFree: boolean;
}

interface Mark {
  readonly taken: number;
  readonly free: number;
}

/**
 * Lets the real interpreter run with assumed guards: states decide `In(…)`, `Choices` the rest. An assumption holds until
 * an action assigns to what it looks at. Owns one run at a time, and what has been seen of one event in one node.
 */
export class ChoiceHost implements StepHost {
  readonly choices = new Choices();
  /** Set when the run stops early: it came to what an earlier run went through, or goes round. */
  failed = false;
  loop: Loop | null = null;
  /** The run was given up: nobody knows where it leads. */
  isGivenUp = false;
  kept = 0;
  readonly #chart: CompiledChart;
  readonly #formulas: GuardFormulas;
  readonly #goals: Goals;
  readonly #coverage: Coverage;
  readonly #keptBits: ReadonlyMap<string, number>;
  readonly #hasHistories: boolean;
  readonly #finished = new Set<string>();
  readonly #path = new Map<string, Mark>();
  readonly #assumed = new Map<number, boolean>();
  readonly #log: Note[] = [];
  readonly #heldSources: number[] = [];
  readonly #taken: Candidate[] = [];
  readonly #leafStates: readonly number[];
  readonly #histories = new Map<number, string>();
  readonly #queue: string[] = [];
  #leavesBefore: readonly number[] | null = null;
  #history = "";
  #moves: BitSet;
  #macrostep: Macrostep | null = null;
  #hasEndless = false;
  /** Decisions of this run before its queue was long for the first time; null: it was never. */
  #decidedBeforeLong: number | null = null;
  #microsteps = 0;
  #free = 0;
  #wasInternal = false;

  constructor(setting: {
    readonly chart: CompiledChart;
    readonly formulas: GuardFormulas;
    readonly goals: Goals;
    readonly coverage: Coverage;
    readonly keptBits: ReadonlyMap<string, number>;
    readonly moves: BitSet;
  }) {
    this.#chart = setting.chart;
    this.#formulas = setting.formulas;
    this.#goals = setting.goals;
    this.#coverage = setting.coverage;
    this.#keptBits = setting.keptBits;
    this.#moves = setting.moves;
    this.#leafStates = setting.chart.states
      .filter(({ kind }) => kind === "atomic" || kind === "final")
      .map(({ index }) => index);
    this.#hasHistories = setting.chart.states.some((state) => state.histories.length > 0);
  }

  /** Begins with another event or node: `moves` collects the goals that something happens for. */
  beginEvent(moves: BitSet): void {
    this.choices.restart();
    if (this.#finished.size > 0) this.#finished.clear();
    this.#moves = moves;
  }

  beginRun(start: RunStart): void {
    this.failed = false;
    this.loop = null;
    this.isGivenUp = false;
    this.kept = start.kept;
    this.#history = start.history;
    if (this.#path.size > 0) {
      for (const key of this.#path.keys()) this.#finished.add(key);
      this.#path.clear();
    }
    if (this.#assumed.size > 0) this.#assumed.clear();
    if (this.#histories.size > 0) this.#histories.clear();
    this.#log.length = 0;
    this.#taken.length = 0;
    this.#queue.length = 0;
    this.#decidedBeforeLong = null;
    this.#microsteps = 0;
    this.#free = 0;
    this.#wasInternal = false;
  }

  /** Guards of the level of proposals, asked before the chart is. */
  passes(guards: readonly Guard[], isActive: (state: number) => boolean): boolean {
    return this.#ask(guards, isActive).holds;
  }

  /** `EVENT [guards assumed]` of the run that ended last. */
  label(event: string): string {
    const texts = new Set(this.#log.map(({ text }) => text));
    return texts.size === 0 ? event : `${event} [${[...texts].join(", ")}]`;
  }

  /** Was anything assumed that could be otherwise? */
  get hasAssumed(): boolean {
    return this.#log.some(({ isFree }) => isFree);
  }

  /** A run that went on too long for the interpreter; the runs after it are given up where its queue became long. */
  tellEndless(): void {
    this.#hasEndless = true;
    const decided = this.#decidedBeforeLong;
    if (decided !== null && decided < this.choices.taken) {
      // What else these decisions lead to stays unknown, for no later run comes that far.
      this.isGivenUp = true;
      this.choices.cut(decided);
    }
    const cycle = this.#taken.slice(-CYCLE_CANDIDATES_MAX);
    this.loop ??= { cycle: distinct(cycle), isGuarded: this.#free > 0 };
  }

  begin(macrostep: Macrostep): void {
    this.#macrostep = macrostep;
  }

  beginMicrostep(origin: StepOrigin): void {
    this.#heldSources.length = 0;
    this.#leavesBefore = null;
    const isInternal = origin === "internal";
    if (isInternal || this.#wasInternal) this.#forget((atom) => atom.usesInputs);
    this.#wasInternal = isInternal;
    this.#microsteps += 1;
    const isWatched =
      this.#microsteps > WATCH_AFTER_MICROSTEPS && this.#queue.length <= WATCHED_QUEUE_EVENTS_MAX;
    if (isWatched && !this.failed) this.#watch(origin);
  }

  holds(candidate: Candidate): boolean {
    if (this.failed || this.#heldSources.includes(candidate.source)) return false;
    const macrostep = this.#mustMacrostep();
    const { holds, isFree } = this.#ask(candidate.guards, (state) => macrostep.isActive(state));
    if (isFree) this.#free += 1;
    if (holds) this.#heldSources.push(candidate.source);
    return holds;
  }

  exit(state: StateNode): void {
    if (this.#hasHistories) this.#leavesBefore ??= this.#activeLeaves();
    this.#move(state);
    if (state.histories.length > 0) this.#remember(state, this.#leavesBefore ?? []);
    const goal = this.#goals.ofSticky.get(state.index);
    if (goal !== undefined) this.#moves.add(goal);
    this.#run(state.exit);
  }

  act(candidate: Candidate): void {
    if (candidate.index >= 0) this.#coverage.takeCandidate(candidate);
    this.#move(nodeAt(this.#chart.states, candidate.source));
    this.#taken.push(candidate);
    this.#run(candidate.actions);
  }

  enter(state: StateNode): void {
    this.#coverage.enterState(state);
    this.#move(state);
    this.#run(state.entry);
    if (state.kind === "final") this.#finish(state);
  }

  raised(): void {
    this.#queue.shift();
  }

  /** Asked between microsteps, or before the first exit of one. */
  #activeLeaves(): readonly number[] {
    const macrostep = this.#mustMacrostep();
    return this.#leafStates.filter((leaf) => macrostep.isActive(leaf));
  }

  #mustMacrostep(): Macrostep {
    assert(this.#macrostep !== null, "guards are asked inside a macrostep");
    return this.#macrostep;
  }

  #ask(
    guards: readonly Guard[],
    isActive: (state: number) => boolean,
  ): { readonly holds: boolean; readonly isFree: boolean } {
    const noted: Note[] = [];
    let isFree = false;
    let holds = true;
    for (const guard of guards) {
      const answer = this.#decide(this.#formulas.of(guard), isActive);
      isFree ||= answer.isFree;
      noted.push({ text: answer.value ? guard.name : `!${guard.name}`, isFree: answer.isFree });
      holds = answer.value;
      if (!holds) break;
    }
    // What states decide is worth telling only where it let something happen.
    this.#log.push(...noted.filter((note) => holds || note.isFree));
    return { holds, isFree };
  }

  /** The formula's truth, deciding as many atoms as it takes; `isFree`: it hangs on one. */
  #decide(
    formula: Formula,
    isActive: (state: number) => boolean,
  ): { readonly value: boolean; readonly isFree: boolean } {
    const sure = known(formula, { isActive, assumed: () => undefined });
    if (sure !== undefined) return { value: sure, isFree: false };
    const given = { isActive, assumed: (atom: number) => this.#assumed.get(atom) };
    for (;;) {
      const value = known(formula, given);
      if (value !== undefined) return { value, isFree: true };
      const open = openAtom(formula, given);
      this.#assumed.set(open.atom, this.choices.take(open.wanted));
    }
  }

  #long(): void {
    this.#decidedBeforeLong ??= this.choices.taken;
    if (!this.#hasEndless) return;
    this.isGivenUp = true;
    this.failed = true;
  }

  #forget(
    isGone: (atom: {
      readonly contextKeys: ReadonlySet<string> | null;
      readonly usesInputs: boolean;
    }) => boolean,
  ): void {
    for (const atom of this.#assumed.keys()) {
      if (isGone(nodeAt(this.#formulas.atoms, atom))) this.#assumed.delete(atom);
    }
  }

  #move(state: StateNode): void {
    const goal = this.#goals.ofRegion[state.region];
    if (goal !== undefined) this.#moves.add(goal);
  }

  #run(actions: readonly Action[]): void {
    for (const action of actions) this.#do(action);
  }

  #do(action: Action): void {
    switch (action.kind) {
      case "assign":
        for (const { path } of action.assignments) {
          const [key] = path;
          this.#forget(({ contextKeys }) => contextKeys === null || contextKeys.has(key ?? ""));
        }
        return;
      case "raise":
        this.#mustMacrostep().raise(action.event);
        this.#queue.push(action.event);
        if (this.#queue.length > QUEUE_EVENTS_MAX) this.#long();
        return;
      case "emit":
        this.kept |= this.#keptBits.get(action.id) ?? 0;
        return;
      case "cancel":
        this.kept &= ~(this.#keptBits.get(action.id) ?? 0);
        return;
      case "join":
        return;
      default:
        unreachable(action);
    }
  }

  /** The interpreter puts the same events into its queue; this one is only looked at. */
  #finish(state: StateNode): void {
    if (state.parent <= 0) return;
    const { states } = this.#chart;
    const macrostep = this.#mustMacrostep();
    const parent = nodeAt(states, state.parent);
    const above = nodeAt(states, parent.parent);
    this.#done(parent);
    if (above.index <= 0 || above.kind !== "parallel") return;
    if (isInFinalState(states, above, (index) => macrostep.isActive(index))) this.#done(above);
  }

  #done(state: StateNode): void {
    this.#coverage.finishState(state);
    this.#queue.push(doneEvent(state.path));
  }

  #remember(state: StateNode, before: readonly number[]): void {
    const below = before.filter((leaf) => isBelow(this.#chart.states, leaf, state.index));
    this.#histories.set(state.index, below.join());
  }

  /** Stops the run where it comes to a point of its own past, or of an earlier run for this event. */
  #watch(origin: StepOrigin): void {
    const leaves = this.#activeLeaves().join();
    const assumed = [...this.#assumed].sort(([one], [other]) => one - other).join();
    const histories = this.#hasHistories
      ? `${this.#history}${JSON.stringify([...this.#histories].sort(([one], [other]) => one - other))}`
      : "";
    const key = [origin, leaves, this.#queue.join(), assumed, histories, this.kept].join("|");
    const before = this.#path.get(key);
    if (before !== undefined) {
      const cycle = fromFirst(this.#taken.slice(before.taken));
      this.loop = { cycle, isGuarded: this.#free > before.free };
      this.failed = true;
      return;
    }
    if (!this.choices.isReplaying && this.#finished.has(key)) {
      this.failed = true;
      return;
    }
    this.#path.set(key, { taken: this.#taken.length, free: this.#free });
  }
}

/** The round that begins with what stands first in the chart. */
function fromFirst(round: readonly Candidate[]): readonly Candidate[] {
  const first = Math.min(...round.map(({ index }) => index));
  const place = round.findIndex(({ index }) => index === first);
  return [...round.slice(place), ...round.slice(0, place)];
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Set(candidates)];
}
