import type { OutsideWorld } from "./outside-world.ts";
import { ProcessorWait } from "./processor-wait.ts";
import { leadingTo, SocketAudit } from "./socket-audit.ts";

const SAMPLE_MS = 200;
/** Fewer looks say nothing. */
const LOOKS_MIN = 6;

interface Clock {
  now(): number;
  wakeIn(ms: number, wake: () => void): () => void;
}

interface Sample {
  /** ms, before the tables were read. */
  readonly from: number;
  readonly to: number;
  /** What is reached, sorted; what nobody named by process and address. */
  readonly reached: readonly string[];
  /** ms for which the server and all below it had no processor, since the first sample. */
  readonly starvedMs: number;
}

/** Samples of the socket audit of a server and all below it, and of whoever else reaches the world outside. */
export class OutboundWatch {
  readonly #audit: SocketAudit;
  readonly #clock: Clock;
  readonly #samples: Sample[] = [];
  readonly #starved = new ProcessorWait();
  readonly #waiting = new Set<() => void>();
  readonly #world: OutsideWorld;
  #cancel: () => void = () => {};

  constructor(clock: Clock, given: { readonly pid: number; readonly world: OutsideWorld }) {
    this.#audit = new SocketAudit(given.pid);
    this.#clock = clock;
    this.#world = given.world;
    this.#sampleLater();
  }

  stop(): void {
    this.#cancel();
  }

  /** Resolves when all of these are reached at once. */
  sees(kinds: readonly string[]): Promise<void> {
    return this.#until(({ reached }) => kinds.every((kind) => reached.includes(kind)));
  }

  /** Resolves after a sample that began at or after this time. */
  sampled(at: number): Promise<void> {
    return this.#until(({ from }) => from >= at);
  }

  /** Resolves after a sample that began at or after `to`, and no fewer than say something since `from`. */
  watched(from: number, to: number): Promise<void> {
    return this.#until(
      (last) =>
        last.from >= to && this.#samples.filter((one) => one.from >= from).length >= LOOKS_MIN,
    );
  }

  lastBefore(at: number): readonly string[] {
    return this.#before(at)?.reached ?? [];
  }

  /** What was reached in every sample since. */
  always(from: number): readonly string[] {
    const [first = [], ...rest] = this.#samples
      .filter((one) => one.from >= from)
      .map(({ reached }) => reached);
    return first.filter((kind) => rest.every((reached) => reached.includes(kind)));
  }

  /**
   * What was still reached `ms` after a stop, and what was reached again once nothing was. Time in which the machine gave the server and
   * those below it no processor does not count among the `ms`, until nothing is reached.
   */
  lateAfter(at: number, ms: number): readonly string[] {
    const starvedMs = this.#before(at)?.starvedMs ?? 0;
    const late = new Set<string>();
    let isGone = false;
    for (const one of this.#samples.filter(({ from }) => from >= at)) {
      if (one.reached.length === 0) isGone = true;
      else if (isGone || one.from - at >= ms + one.starvedMs - starvedMs)
        for (const kind of one.reached) late.add(kind);
    }
    return isGone ? [...late] : [...late, "it never ended"];
  }

  /** What changed around a time, for whoever wonders at a failure. */
  story(at: number, since = at - 60_000): string {
    let before = "";
    const lines = this.#samples
      .filter(({ from, to }) => to >= since && from <= at + 15_000)
      .flatMap(({ from, reached, starvedMs, to }) => {
        const now = reached.join(", ") || "nothing";
        if (now === before) return [];
        before = now;
        return [
          `${from - at} to ${to - at} ms: ${now} (without a processor for ${Math.round(starvedMs)} ms)`,
        ];
      });
    return `what was reached, by ms from ${at} on:\n${lines.join("\n")}\n`;
  }

  #before(at: number): Sample | undefined {
    return this.#samples.findLast(({ to }) => to <= at);
  }

  #until(isThere: (sample: Sample) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const last = this.#samples.at(-1);
        if (last === undefined || !isThere(last)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  #sampleLater(): void {
    this.#cancel = this.#clock.wakeIn(SAMPLE_MS, () => {
      this.#sample();
      this.#sampleLater();
    });
  }

  #sample(): void {
    const world = this.#world;
    const from = this.#clock.now();
    const own = this.#audit.outgoing().map(({ address, pid, port }) => {
      const kind = address === world.host ? world.kindOf(port) : undefined;
      return kind ?? `${pid} ${address}:${port}`;
    });
    const others = leadingTo(world.host, world.others()).map(
      ({ port }) => world.kindOf(port) ?? "",
    );
    const reached = [...new Set([...own, ...others])].filter((kind) => kind !== "kaching");
    this.#samples.push({
      from,
      to: this.#clock.now(),
      reached: reached.toSorted(byText),
      starvedMs: this.#starved.look(this.#audit.pids()),
    });
    for (const look of this.#waiting) look();
  }
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
