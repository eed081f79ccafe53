import type { SeededRandom } from "@swoosh/kernel/testing";
import type { LogFeed } from "@swoosh/server/follower";
import { withoutStack } from "@swoosh/server/journal-testing";
import type { Lie } from "./lie.ts";

/** How a link is now. */
export interface LinkState {
  /** Nothing gets through. */
  isCut: boolean;
  /** Requests get through, answers do not. */
  isOneWay: boolean;
  /** Answers come one record at a time, and later. */
  isSlow: boolean;
  /** Percent of requests that are lost. */
  lost: number;
  /** Percent of requests that reach the server twice. */
  doubled: number;
}

export const HEALTHY: LinkState = {
  isCut: false,
  isOneWay: false,
  isSlow: false,
  lost: 0,
  doubled: 0,
};

/** What a link tells of itself. */
export interface LinkEars {
  mark(name: string): void;
  tell(line: string): void;
}

/**
 * What lies between a follower and the server that it follows: requests and answers that are late, lost or doubled, and, now
 * and then, somebody who lies. It carries no record of its own.
 */
export class Link implements LogFeed {
  readonly url = "https://leader.example";
  state: LinkState = { ...HEALTHY };
  /** Who answers at the other end: the server, or a log that was forked off it. */
  server: LogFeed;
  /** What is to be told instead of the truth, once. */
  lie: Lie | null = null;
  readonly #random: SeededRandom;
  readonly #ears: LinkEars;
  #late: (() => void)[] = [];

  constructor(server: LogFeed, random: SeededRandom, ears: LinkEars) {
    this.server = server;
    this.#random = random;
    this.#ears = ears;
  }

  checkpoint(): Promise<string> {
    return this.#carry(async () => {
      const text = await this.server.checkpoint();
      return this.lie?.kind === "head" ? this.#lied(this.lie.change(text)) : text;
    });
  }

  records(from: number, limit: number): Promise<readonly string[]> {
    return this.#carry(async () => {
      const texts = await this.server.records(from, this.state.isSlow ? 1 : limit);
      const changed = this.lie?.kind === "records" ? this.lie.change(texts) : undefined;
      return changed === undefined ? texts : this.#lied(changed);
    });
  }

  chart(hash: string): Promise<string | undefined> {
    return this.#carry(() => this.server.chart(hash));
  }

  async arrived(): Promise<void> {}

  /** Lets go of what was late, in another order than it came. */
  release(random: SeededRandom): void {
    for (const go of random.shuffle(this.#late.splice(0))) go();
  }

  /** Sound again. A lie that was told already has to be refused first. */
  heal(): void {
    this.state = { ...HEALTHY };
    if (this.lie?.isTold !== true) this.lie = null;
    for (const go of this.#late.splice(0)) go();
  }

  async #carry<T>(ask: () => Promise<T>): Promise<T> {
    const { doubled, isCut, isOneWay, isSlow, lost } = this.state;
    if (isCut) return this.#fail("link cut");
    if (this.#random.chance(lost)) return this.#fail("request lost");
    if (this.#random.chance(doubled)) {
      this.#ears.mark("request doubled");
      await ask().catch(() => {});
    }
    const answer = await ask();
    if (isOneWay) return this.#fail("answer cut off");
    if (isSlow) {
      this.#ears.mark("answer late");
      await new Promise<void>((resolve) => this.#late.push(resolve));
    }
    return answer;
  }

  #lied<T>(answer: T): T {
    this.#ears.mark(`lie: ${this.lie?.name ?? ""}`);
    this.#ears.tell(`  a lie: ${this.lie?.name ?? ""}`);
    if (this.lie !== null) this.lie.isTold = true;
    return answer;
  }

  #fail(what: string): never {
    this.#ears.mark(what);
    throw withoutStack(`simulated: ${what}`);
  }
}
