import type { CompiledChart } from "../chart/compiled-chart.ts";
import { suggestion } from "../chart/did-you-mean.ts";
import { ABSENT_HASH } from "../hash.ts";
import { assert } from "../invariant.ts";
import { canonicalize } from "../json/canonical.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { placeOfKey } from "../json/place.ts";
import { quote } from "../json/quote.ts";
import { MICROSTEPS_MAX, WALL_MS_MAX } from "../limits.ts";
import { documentTooLarge } from "../reduce/build-record.ts";
import type { Document, Effect } from "../reduce/document.ts";
import { Draft } from "../reduce/draft.ts";
import type { JoinRequest } from "../reduce/draft.ts";
import { nobodyMay } from "../reduce/authority.ts";
import { InstanceStep } from "../reduce/instance-step.ts";
import type { Joiner } from "../reduce/join-parts.ts";
import type { Kernel } from "../reduce/kernel.ts";
import { refusal } from "../reduce/refusal-draft.ts";
import type { RefusalDraft } from "../reduce/refusal-draft.ts";
import { takeTransition } from "../reduce/take-transition.ts";
import type { RecordSetting } from "../reduce/take-transition.ts";
import { runDueSteps } from "../reduce/timer-steps.ts";
import { describeValue } from "../schema/describe-value.ts";
import { readRunLine } from "./run-line.ts";
import type { RunLine } from "./run-line.ts";

/** `swoosh chart run` without files: one line in, one line out (`cli.md`: the formats are binding). */
export interface ChartRun {
  /** Entering the initial configuration, in the shape of an accepted line. */
  readonly initialLine: string;
  /** null: the line is blank or a comment. `lineNumber`: 1-based, for messages. */
  line(text: string, lineNumber: number): string | null;
}

/**
 * Runs a chart in memory, unsigned, as a caller who has every role and is every owner. `creates` does not bind: the
 * initial configuration is entered first (seq 0), the first accepted event is seq 1. Joins are assumed accepted.
 */
export function createChartRun(kernel: Kernel, chart: CompiledChart): ChartRun {
  const run = new Run(kernel, chart);
  return {
    initialLine: run.begin(),
    line: (text, lineNumber) => run.line(text, lineNumber),
  };
}

/** What one line brought about. */
interface Happening {
  closed: readonly string[];
  effects: readonly Effect[];
  joins: readonly JoinRequest[];
}

const NOTHING: Happening = { closed: [], effects: [], joins: [] };
const ALL_AT_ONCE = { stepsMax: Number.MAX_SAFE_INTEGER, failed: null, followsFailure: true };

class Run {
  readonly #kernel: Kernel;
  readonly #chart: CompiledChart;
  readonly #instance: string;
  /** null: the initial configuration cannot be entered. */
  #document: Document | null = null;
  #unentered: RefusalDraft | null = null;
  #at = 0;
  #beat: number | null = null;
  #reads: JsonObject;

  constructor(kernel: Kernel, chart: CompiledChart) {
    this.#kernel = kernel;
    this.#chart = chart;
    this.#instance = `${chart.name}/run`;
    this.#reads = this.#withDefaults({});
  }

  begin(): string {
    const draft = new Draft(this.#kernel, this.#chart, {
      instance: this.#instance,
      head: undefined,
      firstSeq: 0,
    });
    const step = new InstanceStep(draft, this.#setting(), { name: "", inputs: {}, joinDepth: 1 });
    step.reads = this.#reads;
    step.enterInitial();
    const refused = step.failed ? refusal("chart_failed", [step.failure]) : this.#keep(draft);
    this.#unentered = refused;
    return refused === null
      ? this.#accepted(happeningOf(draft, draft.joins))
      : this.#refused(refused);
  }

  line(text: string, lineNumber: number): string | null {
    const line = readRunLine(text);
    if (line.kind === "skipped") return null;
    if (line.kind === "malformed") return this.#malformed(line.problem, lineNumber);
    const problem = this.#moveTo(line);
    if (problem !== null) return this.#malformed(problem, lineNumber);
    if (this.#unentered !== null) return this.#refused(this.#unentered);
    if (line.kind === "transition") return this.#transition(line.transition, line.inputs);
    return line.kind === "reads" ? this.#accepted(NOTHING) : this.#due();
  }

  /** Takes over time, beat and reads of a line; why it cannot, or null. */
  #moveTo(line: Exclude<RunLine, { kind: "skipped" | "malformed" }>): string | null {
    if (line.kind === "transition") return this.#moveClock(line.at ?? this.#at, "at");
    if (line.kind === "tick") return this.#moveClock(this.#at + line.ms, "tick");
    if (line.kind === "beat") {
      if (this.#beat !== null && line.beat < this.#beat) {
        return `beat: ${line.beat} is before ${this.#beat}; beats never go back`;
      }
      this.#beat = line.beat;
      return null;
    }
    const names = [...this.#chart.reads.keys()];
    const unknown = Object.keys(line.reads).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      return `reads.${unknown}: the chart reads ${names.length === 0 ? "nothing" : names.join(", ")}`;
    }
    for (const [name, { many }] of this.#chart.reads) {
      const problem = problemOfRead(line.reads[name] ?? null, { place: `reads.${name}`, many });
      if (problem !== null) return problem;
    }
    this.#reads = this.#withDefaults(line.reads);
    return null;
  }

  #moveClock(at: number, key: string): string | null {
    if (at < this.#at) return `${key}: ${at} is before ${this.#at}; the clock never goes back`;
    if (at > WALL_MS_MAX) return `${key}: ${at} ms is beyond the year 9999`;
    this.#at = at;
    return null;
  }

  #transition(name: string, inputs: JsonObject): string {
    const { transitions } = this.#chart;
    const declaration = transitions.get(name);
    if (declaration === undefined) {
      const hint = suggestion(name, transitions.keys());
      const reason = `chart ${this.#chart.name} has no ${quote(name)}${hint}`;
      return this.#refused(refusal("unknown_transition", [reason]));
    }
    const nobody = nobodyMay(declaration);
    if (nobody !== undefined) return this.#refused(refusal("forbidden", [nobody]));
    const draft = this.#draft();
    if (draft === null) {
      return this.#refused(
        refusal("ended", [`${this.#instance} has ended; nothing more is accepted`]),
      );
    }
    const request = { declaration, inputs, joinDepth: 1 };
    const refused = takeTransition(draft, this.#setting(), request) ?? this.#keep(draft);
    if (refused !== null) return this.#refused(refused);
    return this.#accepted(happeningOf(draft, draft.joins));
  }

  /** Fires what is due, and what that makes due at once, each round as a record of its own. */
  #due(): string {
    let all = NOTHING;
    for (let round = 0; round < MICROSTEPS_MAX; round += 1) {
      const draft = this.#draft();
      if (draft === null) break;
      const joiner = new AssumingJoiner();
      if (runDueSteps(draft, { record: this.#setting(), joiner }, ALL_AT_ONCE) === 0) break;
      const refused = this.#keep(draft);
      if (refused !== null) return this.#refused(refused);
      const one = happeningOf(draft, joiner.requests);
      all = {
        closed: [...all.closed, ...one.closed],
        effects: [...all.effects, ...one.effects],
        joins: [...all.joins, ...one.joins],
      };
    }
    return this.#accepted(all);
  }

  /** A draft of the next step; null: the instance has ended. */
  #draft(): Draft | null {
    const document = this.#document;
    if (document === null || document.meta.ended) return null;
    const head = { document, hash: ABSENT_HASH };
    return new Draft(this.#kernel, this.#chart, { instance: this.#instance, head });
  }

  #keep(draft: Draft): RefusalDraft | null {
    const document = draft.toDocument({ origin: "", hlc: "" });
    const large = documentTooLarge(this.#instance, JSON.stringify(document));
    if (large === null) this.#document = document;
    return large;
  }

  #setting(): RecordSetting {
    return {
      at: this.#at,
      beat: this.#beat,
      verdict: [],
      signer: null,
      window: null,
      human: true,
      origin: "",
      attested: new Map(),
      registry: { identityOf: () => undefined, operatorOtherThan: () => undefined },
      reads: () => this.#reads,
    };
  }

  /** Reads that are not given are null. */
  #withDefaults(reads: JsonObject): JsonObject {
    const names = [...this.#chart.reads.keys()];
    return Object.fromEntries(names.map((name): [string, Json] => [name, reads[name] ?? null]));
  }

  #accepted({ closed, effects, joins }: Happening): string {
    const document = this.#document;
    assert(document !== null, "an accepted line leaves a document");
    const { configuration, context } = document;
    return canonicalize({
      accepted: true,
      closed,
      configuration,
      context,
      effects: effects.map((effect) => ({ ...effect, due: { ...effect.due } })),
      ended: document.meta.ended,
      joins: joins.map(({ inputs, instance, transition }) => ({ inputs, instance, transition })),
    });
  }

  #refused({ code, guard, reasons }: RefusalDraft): string {
    const configuration = this.#document?.configuration ?? [];
    return canonicalize({ accepted: false, code, configuration, guard, reasons });
  }

  #malformed(problem: string, lineNumber: number): string {
    return this.#refused(refusal("malformed", [`line ${lineNumber}: ${problem}`]));
  }
}

/** Why a value cannot be what a read gives, or null. A read of many instances is a map of them by name. */
function problemOfRead(
  value: Json,
  { place, many }: { readonly place: string; readonly many: boolean },
): string | null {
  if (value === null) return null;
  const expected = many
    ? "null or an object of {hash, configuration, context} by instance"
    : "null or {hash, configuration, context}";
  if (!isJsonObject(value)) return `${place}: ${describeValue(value)}; ${expected} is expected`;
  if (many) {
    for (const [name, one] of Object.entries(value)) {
      const problem = problemOfRead(one, { place: placeOfKey(place, name), many: false });
      if (problem !== null) return problem;
    }
    return null;
  }
  const { hash = "", configuration = [], context = {}, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return `${placeOfKey(place, unknown)}: unknown; ${expected} is expected`;
  if (typeof hash !== "string") return `${place}.hash: ${describeValue(hash)}; a text is expected`;
  if (typeof configuration !== "object" || configuration === null || !isJsonArray(configuration)) {
    return `${place}.configuration: ${describeValue(configuration)}; a list of paths is expected`;
  }
  if (isJsonObject(context)) return null;
  return `${place}.context: ${describeValue(context)}; an object is expected`;
}

/** Lists joins and takes them for accepted. */
class AssumingJoiner implements Joiner {
  readonly requests: JoinRequest[] = [];
  /** Nothing is in the way of anything here. */
  readonly count = 0;

  join(requests: readonly JoinRequest[]): null {
    this.requests.push(...requests);
    return null;
  }

  keep(): void {
    // Joins are listed only after their step held, so nothing must ever be forgotten.
  }
}

function happeningOf(draft: Draft, joins: readonly JoinRequest[]): Happening {
  return { closed: draft.closed, effects: draft.opened, joins };
}
