import type { Effect, Transport } from "@swoosh/kernel";

/** A record that has become durable. */
export interface PublishedRecord {
  readonly index: number;
  /** Exactly the journal's bytes. */
  readonly text: string;
  /** Leaf hash, 64 hex. */
  readonly leaf: string;
}

export type RecordListener = (record: PublishedRecord) => void;

export interface EffectListener {
  dispatch(effect: Effect): void;
  withdraw(effectId: string): void;
}

/**
 * The port `Transport`, spread to everybody in this process who follows the log. A listener that throws is our mistake:
 * it is told to `onDefect`, and the others still hear.
 */
export class RecordHub implements Transport {
  readonly #records = new Set<RecordListener>();
  readonly #effects = new Set<EffectListener>();
  /** Effects that are open now: who comes later is told of them first. */
  readonly #open = new Map<string, Effect>();
  readonly #onDefect: (error: unknown) => void;

  constructor(onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect;
  }

  publish(index: number, text: string, leaf: string): void {
    for (const listener of this.#records) this.#tell(() => listener({ index, text, leaf }));
  }

  dispatch(effect: Effect): void {
    this.#open.set(effect.id, effect);
    for (const listener of this.#effects) this.#tell(() => listener.dispatch(effect));
  }

  withdraw(effectId: string): void {
    this.#open.delete(effectId);
    for (const listener of this.#effects) this.#tell(() => listener.withdraw(effectId));
  }

  /** Records from here on, in order. Gives what ends it. */
  onRecord(listener: RecordListener): () => void {
    this.#records.add(listener);
    return () => this.#records.delete(listener);
  }

  /** Open effects at once, then every change. Gives what ends it. */
  onEffect(listener: EffectListener): () => void {
    this.#effects.add(listener);
    for (const effect of this.#open.values()) this.#tell(() => listener.dispatch(effect));
    return () => this.#effects.delete(listener);
  }

  #tell(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#onDefect(error);
    }
  }
}
