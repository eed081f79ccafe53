import { NO_ITEMS, NO_MEMBERS } from "../json/no-items.ts";
import type { Document } from "../reduce/document.ts";

/** Different parts that are kept: what is common is met early, and what is not would only fill the memory twice. */
const PARTS_MAX = 1_024;

/**
 * Gives documents that were parsed one by one the parts that they have in common as one value each, as those that reduce made
 * have them: most instances of a chart stand in one of few configurations, and all of them name its hash. A third of what an
 * instance holds in memory.
 * Documents are immutable, so nobody can tell; their canonical texts stay what they were.
 */
export class SharedParts {
  readonly #texts = new Map<string, string>();
  readonly #values = new Map<string, unknown>();

  /** The same document, in the same order of keys. */
  share(document: Document): Document {
    const { configuration, context, effects, epoch, history, hlc_last, meta, timers } = document;
    return {
      configuration: this.#value(configuration),
      context,
      effects: effects.length === 0 ? NO_ITEMS : effects,
      epoch: this.#value(epoch),
      history: Object.keys(history).length === 0 ? NO_MEMBERS : this.#value(history),
      hlc_last,
      meta: {
        chart: this.#text(meta.chart),
        chart_hash: this.#text(meta.chart_hash),
        ended: meta.ended,
        instance: meta.instance,
        origin: this.#text(meta.origin),
        seq: meta.seq,
        version: meta.version,
      },
      timers: timers.length === 0 ? NO_ITEMS : timers,
    };
  }

  #text<Text extends string>(text: Text): Text {
    return known(this.#texts, text, text);
  }

  /** Equal texts are equal values: whatever is in a document is in canonical order. */
  #value<Value>(value: Value): Value {
    return known(this.#values, JSON.stringify(value), value);
  }
}

/** What is kept under this key, which was put there for an equal key alone. */
function known<Value>(kept: Map<string, unknown>, key: string, value: Value): Value {
  const before = kept.get(key);
  if (before !== undefined) return before as Value;
  if (kept.size < PARTS_MAX) kept.set(key, value);
  return value;
}
