import type { Transport } from "../engine/ports.ts";
import type { Effect } from "../reduce/document.ts";

export type Departure =
  | {
      readonly kind: "publish";
      readonly index: number;
      readonly text: string;
      readonly leaf: string;
    }
  | { readonly kind: "dispatch"; readonly effect: Effect }
  | { readonly kind: "withdraw"; readonly effectId: string };

/** Keeps everything that left the engine, in order; `watch` sees each departure at the moment it happens. */
export class RecordingTransport implements Transport {
  readonly departures: Departure[] = [];
  watch: (departure: Departure) => void = () => {};

  publish(index: number, text: string, leaf: string): void {
    this.#note({ kind: "publish", index, text, leaf });
  }

  dispatch(effect: Effect): void {
    this.#note({ kind: "dispatch", effect });
  }

  withdraw(effectId: string): void {
    this.#note({ kind: "withdraw", effectId });
  }

  get published(): readonly number[] {
    return this.departures.flatMap((departure) =>
      departure.kind === "publish" ? [departure.index] : [],
    );
  }

  #note(departure: Departure): void {
    this.departures.push(departure);
    this.watch(departure);
  }
}
