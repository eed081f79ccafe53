import type { JsonObject, NativeGuard, Schema } from "@swoosh/kernel";
import { isAfloat, nextAfloat, pressureAt, type Tide } from "./tide.ts";
import { TIDE_PERIOD_BEATS_MAX } from "./limits.ts";
import { typedArguments } from "./typed-arguments.ts";
import { COUNT, NAME, WINDOW_ID } from "./words.ts";

/** What must be so in the present frame for a class: its phase, or the downbeat that follows a review frame. */
export type Slot = "plan" | "execute" | "review" | "downbeat_after_review";

const PHASE: Schema = { type: "string", enum: ["none", "plan", "execute", "review"] };

const TIDE: Schema = {
  type: ["null", "object"],
  required: ["amplitude_permille", "classes", "period_beats", "phase_beats"],
  properties: {
    amplitude_permille: { type: "integer", minimum: 0, maximum: 1_000 },
    classes: {
      type: "object",
      maxProperties: 16,
      propertyNames: { maxLength: 32 },
      additionalProperties: {
        type: "object",
        required: ["open_above"],
        properties: { open_above: { type: "integer", minimum: 0, maximum: 1_000 } },
      },
    },
    period_beats: { type: "integer", minimum: 1, maximum: TIDE_PERIOD_BEATS_MAX },
    phase_beats: { type: "integer", minimum: 0, maximum: TIDE_PERIOD_BEATS_MAX },
  },
};

/**
 * Is the class of a transition open now? (Orchestrator design §4.) The phase map says which frame a class needs; a class
 * that it does not name is open, unless the tide closes it. A class that it names needs the frame of `beat/main`, still
 * running, and a proposal that names the frame's window.
 *
 * Arguments: `class`; `slots` (class → slot); `tide` or null; `beat`: `{beat_index, deadline_at, downbeat, phase,
 * prev_phase, window_id}` or null where there is no beat; `window`: the proposal's, or null; `at`: ms.
 */
export const windowOpen: NativeGuard = {
  name: "windowOpen",
  version: 1,
  arguments: {
    type: "object",
    required: ["at", "beat", "class", "slots", "tide", "window"],
    properties: {
      at: COUNT,
      beat: {
        type: ["null", "object"],
        required: ["beat_index", "deadline_at", "downbeat", "phase", "prev_phase", "window_id"],
        properties: {
          beat_index: COUNT,
          deadline_at: COUNT,
          downbeat: { type: "boolean" },
          phase: PHASE,
          prev_phase: PHASE,
          window_id: WINDOW_ID,
        },
      },
      class: NAME,
      slots: {
        type: "object",
        maxProperties: 16,
        propertyNames: { maxLength: 32 },
        additionalProperties: {
          type: "string",
          enum: ["plan", "execute", "review", "downbeat_after_review"],
        },
      },
      tide: TIDE,
      window: { type: ["null", "string"], maxLength: 200 },
    },
  },
  check(args) {
    const asked = read(args);
    const reasons = [...closedByFrame(asked), ...closedByTide(asked)];
    if (reasons.length > 0) return { ok: false, reasons };
    return { ok: true, reasons: openBecause(asked) };
  },
  refusals(args) {
    const asked = read({ window: null, ...args });
    const isKnown = Object.hasOwn(args, "window");
    const reasons = [
      ...(isKnown ? closedByFrame(asked) : closedByPhase(asked)),
      ...closedByTide(asked),
    ];
    return reasons.map((reason) => `${reason}; beats open it, \`swoosh windows\` tells when`);
  },
};

interface Frame {
  readonly beat_index: number;
  readonly deadline_at: number;
  readonly downbeat: boolean;
  readonly phase: string;
  readonly prev_phase: string;
  readonly window_id: string;
}

interface Asked {
  readonly at: number;
  readonly frame: Frame | null;
  readonly name: string;
  readonly slot: Slot | undefined;
  readonly tide: Tide | null;
  readonly window: string | null;
}

interface Arguments {
  readonly at: number;
  readonly beat: Frame | null;
  readonly class: string;
  readonly slots: { readonly [name: string]: Slot };
  readonly tide: Tide | null;
  readonly window: string | null;
}

function read(args: JsonObject): Asked {
  const { at, beat, class: name, slots, tide, window } = typedArguments<Arguments>(args);
  const slot = Object.hasOwn(slots, name) ? slots[name] : undefined;
  return { at, frame: beat, name, slot, tide, window };
}

function closedByFrame(asked: Asked): readonly string[] {
  const { frame, slot, window } = asked;
  const reasons = closedByPhase(asked);
  if (slot === undefined || frame === null || window === frame.window_id) return reasons;
  return [...reasons, `the window is ${frame.window_id}; the proposal names ${window ?? "none"}`];
}

/** What of the frame stands in the way, whichever window a proposal names. */
function closedByPhase({ at, frame, name, slot }: Asked): readonly string[] {
  if (slot === undefined) return [];
  if (frame === null) return [`there is no beat yet; ${name} needs ${inWords(slot)}`];
  const reasons: string[] = [];
  if (!isIn(slot, frame))
    reasons.push(`${name} needs ${inWords(slot)}; beat ${frame.beat_index} is ${said(frame)}`);
  if (frame.deadline_at < at)
    reasons.push(
      `the frame of beat ${frame.beat_index} ended at ${frame.deadline_at} ms; it is ${at} ms`,
    );
  return reasons;
}

function isIn(slot: Slot, frame: Frame): boolean {
  if (slot === "downbeat_after_review") return frame.downbeat && frame.prev_phase === "review";
  return frame.phase === slot;
}

function inWords(slot: Slot): string {
  if (slot === "downbeat_after_review") return "the downbeat that follows a review frame";
  return `a ${slot} frame`;
}

function said({ downbeat, phase, prev_phase: before }: Frame): string {
  return `${downbeat ? "a downbeat, " : ""}${phase} after ${before}`;
}

function closedByTide({ frame, name, tide }: Asked): readonly string[] {
  if (tide === null || !Object.hasOwn(tide.classes, name)) return [];
  if (frame === null) return [`there is no beat yet; the tide of ${name} counts beats`];
  const beat = frame.beat_index;
  if (isAfloat(tide, name, beat)) return [];
  const next = nextAfloat(tide, name, beat);
  const bound = tide.classes[name]?.open_above ?? 0;
  const when = next === undefined ? "never with this schedule" : `at beat ${next}`;
  return [`the tide stands at ${pressureAt(tide, beat)}; ${name} opens at ${bound}, ${when}`];
}

function openBecause({ frame, name, slot }: Asked): readonly string[] {
  if (slot === undefined) return [`${name} is open in every frame`];
  return [`${name} is open in window ${frame?.window_id ?? ""}`];
}
