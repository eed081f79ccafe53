import type { JsonObject, LogRecord } from "@swoosh/kernel/values";
import type { Slot } from "@swoosh/guards";

/** The phase map of a chart, and the class of each of its transitions. */
export interface WindowRules {
  readonly classes: ReadonlyMap<string, string>;
  readonly slots: Readonly<Record<string, Slot>>;
}

/** A record that the map binds to a frame, held against the frame that the log had then. */
export interface AuditedRecord {
  readonly index: number;
  readonly instance: string;
  readonly transition: string;
  readonly class: string;
  /** Why it was not inside; empty: it was. */
  readonly problems: readonly string[];
}

interface Frame {
  readonly beat: number;
  readonly deadlineAt: number;
  readonly downbeat: boolean;
  readonly phase: string;
  readonly previous: string;
  readonly window: string;
}

/**
 * Proves from the records alone that what belongs to a window happened in one (orchestrator design §4): the frames are taken
 * from the records of `beat/main`, never from what a guard said of them. Hand in every record, in order.
 */
export class WindowAudit {
  readonly #rules: WindowRules;
  #frame: Frame | undefined;

  constructor(rules: WindowRules) {
    this.#rules = rules;
  }

  /** Undefined: a record that the map does not bind. */
  take(record: LogRecord): AuditedRecord | undefined {
    const { proposal } = record;
    const instance = proposal.instance ?? "project/default";
    if (instance === "beat/main" && proposal.transition === "Beat_Observed")
      this.#frame = frameOf(record.inputs ?? {}, this.#frame);
    if (!instance.startsWith("project/")) return undefined;
    const name = this.#rules.classes.get(proposal.transition);
    const slot = name === undefined ? undefined : this.#rules.slots[name];
    if (name === undefined || slot === undefined) return undefined;
    return {
      index: record.index,
      instance,
      transition: proposal.transition,
      class: name,
      problems: problemsOf(record, slot, this.#frame),
    };
  }
}

function problemsOf(
  { at, proposal }: LogRecord,
  slot: Slot,
  frame: Frame | undefined,
): readonly string[] {
  if (frame === undefined) return ["there was no beat yet"];
  const problems: string[] = [];
  if (!isIn(slot, frame))
    problems.push(`beat ${frame.beat} was ${frame.phase} after ${frame.previous}, not ${slot}`);
  if (at > frame.deadlineAt)
    problems.push(`it came ${at - frame.deadlineAt} ms after the frame of beat ${frame.beat}`);
  if (proposal.window_id !== frame.window)
    problems.push(
      `it names window ${proposal.window_id ?? "none"}; that of then was ${frame.window}`,
    );
  return problems;
}

function isIn(slot: Slot, { downbeat, phase, previous }: Frame): boolean {
  if (slot === "downbeat_after_review") return downbeat && previous === "review";
  return phase === slot;
}

function frameOf(inputs: JsonObject, before: Frame | undefined): Frame {
  return {
    beat: Number(inputs["beat_index"]),
    deadlineAt: Number(inputs["deadline_at"]),
    downbeat: inputs["downbeat"] === true,
    phase: String(inputs["phase"]),
    previous: before?.phase ?? "none",
    window: String(inputs["window_id"]),
  };
}

const SLOTS: readonly Slot[] = ["plan", "execute", "review", "downbeat_after_review"];

/** The rules in a chart's normal form. */
export function windowRulesOf(normal: JsonObject): WindowRules {
  const classes = new Map<string, string>();
  for (const [name, declared] of Object.entries(Object(normal["transitions"]))) {
    const kind: unknown = Object(declared)["class"];
    if (typeof kind === "string") classes.set(name, kind);
  }
  const slots: Record<string, Slot> = {};
  for (const [name, value] of Object.entries(Object(Object(normal["config"])["slots"]))) {
    const slot = SLOTS.find((one) => one === value);
    if (slot !== undefined) slots[name] = slot;
  }
  return { classes, slots };
}
