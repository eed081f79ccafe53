import { compareUtf16 } from "../json/text.ts";
import type { Document, Due } from "../reduce/document.ts";
import { DueHeap } from "./due-heap.ts";

/**
 * When which instance next has a timer or an effect's deadline due: in the journal's time, and in beats. Owns nothing
 * but these times; rebuilt from documents.
 */
export class DueIndex {
  readonly #times = new DueHeap();
  readonly #beats = new DueHeap();

  /** Takes note of an instance's new document. */
  update(instance: string, document: Document): void {
    let time: number | undefined;
    let beat: number | undefined;
    const note = (due: Due): void => {
      if ("at" in due) time = time === undefined ? due.at : Math.min(time, due.at);
      else beat = beat === undefined ? due.beat : Math.min(beat, due.beat);
    };
    for (const timer of document.timers) note(timer.due);
    for (const effect of document.effects) note(effect.due);
    this.#times.set(instance, time);
    this.#beats.set(instance, beat);
  }

  /** Nothing of this instance is due until its document is updated. */
  forget(instance: string): void {
    this.#times.set(instance, undefined);
    this.#beats.set(instance, undefined);
  }

  /** Earliest due in ms, or undefined: when to wake at the latest. */
  get nextAt(): number | undefined {
    return this.#times.least;
  }

  /** Instances with something due, by (earliest due time, instance), then those with beats alone by (beat, instance). */
  due(moment: { readonly at: number; readonly beat: number | null }): readonly string[] {
    const times = this.#times.upTo(moment.at);
    const beats = moment.beat === null ? [] : this.#beats.upTo(moment.beat);
    const byDue = (
      left: { readonly due: number; readonly instance: string },
      right: { readonly due: number; readonly instance: string },
    ): number => left.due - right.due || compareUtf16(left.instance, right.instance);
    return [
      ...new Set(
        [...times.toSorted(byDue), ...beats.toSorted(byDue)].map((entry) => entry.instance),
      ),
    ];
  }
}
