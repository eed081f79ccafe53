import { isAfloat, nextAfloat, pressureAt, windowOpen, type Slot, type Tide } from "@swoosh/guards";
import type { Json, JsonObject } from "@swoosh/kernel/values";

/** Frame of `beat/main`. */
export interface PresentFrame {
  readonly beat_index: number;
  readonly deadline_at: number;
  readonly downbeat: boolean;
  readonly phase: string;
  readonly prev_phase: string;
  readonly window_id: string;
}

/** What a class of transitions may do now, and when the tide lets it next. */
export interface WindowForecast {
  readonly class: string;
  /** The frame that it needs; null: every one. */
  readonly needs: Slot | null;
  readonly isOpen: boolean;
  /** Why it is closed; empty: it is open. */
  readonly reasons: readonly string[];
  /** Pressure now, 0 to 1000, and from which it is let pass; null: no tide names the class. */
  readonly tide: { readonly pressure: number; readonly openAbove: number } | null;
  /** First beats from now on at which the tide lets it pass, as far as the forecast looks; null: no tide names it. */
  readonly beats: readonly number[] | null;
}

/**
 * The present and the near future of every class that phase map or tide name (orchestrator design §4). Frames belong to who beats, so
 * only of the tide is more known than the present.
 */
export function forecastWindows(given: {
  readonly config: JsonObject;
  readonly frame: PresentFrame | null;
  readonly at: number;
  /** Beats to look ahead. */
  readonly ahead: number;
}): readonly WindowForecast[] {
  const { ahead, at, config, frame } = given;
  const slots = objectOf<Readonly<Record<string, Slot>>>(config["slots"]) ?? {};
  const tide = objectOf<Tide>(config["tide"]);
  const names = [...new Set([...Object.keys(slots), ...Object.keys(tide?.classes ?? {})])];
  return names
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => {
      const args: JsonObject = {
        at,
        beat: frame === null ? null : { ...frame },
        class: name,
        slots: { ...slots },
        tide: config["tide"] ?? null,
        window: frame === null ? null : frame.window_id,
      };
      const outcome = windowOpen.check(args, [], { identityOf: none, operatorOtherThan: none });
      const bound = tide?.classes[name]?.open_above;
      const beat = frame?.beat_index ?? 0;
      return {
        class: name,
        needs: slots[name] ?? null,
        isOpen: outcome.ok,
        reasons: outcome.ok ? [] : outcome.reasons,
        tide:
          tide === undefined || bound === undefined
            ? null
            : { pressure: pressureAt(tide, beat), openAbove: bound },
        beats:
          tide === undefined || bound === undefined ? null : beatsOf(tide, { name, beat, ahead }),
      };
    });
}

/** Beats at which the class begins to be afloat: now, where it is, and each turn after it was not. */
function beatsOf(
  tide: Tide,
  { ahead, beat, name }: { readonly name: string; readonly beat: number; readonly ahead: number },
): readonly number[] {
  const beats: number[] = [];
  let next = nextAfloat(tide, name, beat);
  while (next !== undefined && next <= beat + ahead) {
    beats.push(next);
    let ebb = next;
    while (ebb <= beat + ahead && isAfloat(tide, name, ebb)) ebb += 1;
    if (ebb > beat + ahead) break;
    next = nextAfloat(tide, name, ebb);
  }
  return beats;
}

function objectOf<Shape>(value: Json | undefined): Shape | undefined {
  // The chart was checked with its configuration: its type is what the chart's guards say.
  return typeof value === "object" && value !== null ? (value as unknown as Shape) : undefined;
}

function none(): undefined {
  return undefined;
}
