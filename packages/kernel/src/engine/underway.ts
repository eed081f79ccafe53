import { assert } from "../invariant.ts";
import type { Answer } from "./answer.ts";

/** Somebody who waits for an answer. */
export interface Ticket {
  /** The first answer counts; any later one is ignored, as the asker has long gone. */
  settle(answer: Answer): void;
}

/**
 * Everybody who waits for an answer, from admission on. U1: whoever was admitted is answered exactly once, also when the
 * engine fences itself while the question is with a port that will never come back.
 */
export class Underway {
  readonly #tickets = new Set<Ticket>();
  #idle: (() => void)[] = [];

  get count(): number {
    return this.#tickets.size;
  }

  /** `left` runs at the moment of the answer, before the asker sees it. */
  open(resolve: (answer: Answer) => void, left: () => void): Ticket {
    const ticket: Ticket = {
      settle: (answer) => {
        if (!this.#tickets.delete(ticket)) return;
        left();
        resolve(answer);
        if (this.#tickets.size === 0) this.#wakeIdle();
      },
    };
    this.#tickets.add(ticket);
    return ticket;
  }

  settleAll(answer: Answer): void {
    for (const ticket of [...this.#tickets]) ticket.settle(answer);
    assert(this.#tickets.size === 0, "U1: everybody was answered");
  }

  /** Resolves when nobody waits. */
  async whenIdle(): Promise<void> {
    if (this.#tickets.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resume of idle) resume();
  }
}
