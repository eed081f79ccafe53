import type { Problem } from "@swoosh/protocol";
import type { SeenHead } from "./head-book.ts";
import type { SdkPorts } from "./ports.ts";
import { randomBelow } from "./random-below.ts";
import { planRetry, type Outcome, type Plan, type RetryPolicy } from "./retry.ts";
import type { Operation } from "./sign-proposal.ts";

/** How far the server's clock lies from ours, in ms; shared by all deliveries of a client. */
export interface Skew {
  ms: number;
}

/**
 * One operation on its way: how often it was tried, on which head, and what comes next. The operation and its key never
 * change, so however often it is delivered there is one record at most (K6).
 */
export class Delivery {
  readonly operation: Operation;
  /** The caller has seen this state and wants it or nothing: then no other head is taken. */
  readonly isPinned: boolean;
  head: SeenHead | undefined;
  /** It may have been answered before: under a key of the caller's own, or by a delivery whose answer was lost. */
  mayBeReplayed: boolean;
  readonly #ports: SdkPorts;
  readonly #policy: RetryPolicy;
  readonly #skew: Skew;
  readonly #startedMs: number;
  #failures = 0;
  #stales = 0;
  #hasSetClock = false;

  constructor(given: {
    readonly operation: Operation;
    readonly head: SeenHead | undefined;
    readonly isPinned: boolean;
    readonly isKeyGiven: boolean;
    readonly ports: SdkPorts;
    readonly policy: RetryPolicy;
    readonly skew: Skew;
  }) {
    this.operation = given.operation;
    this.head = given.head;
    this.isPinned = given.isPinned;
    this.mayBeReplayed = given.isKeyGiven;
    this.#ports = given.ports;
    this.#policy = given.policy;
    this.#skew = given.skew;
    this.#startedMs = given.ports.clock.now();
  }

  /** Takes what came back of a try and says what to do. `serverMs`: the server's clock, where it told it. */
  next(outcome: Outcome, serverMs: number | undefined): Plan {
    if (outcome.kind === "refused") {
      const { problem } = outcome;
      if (problem.code === "stale_state") {
        if (this.isPinned || !this.#takeHead(problem)) return { kind: "give_up" };
        this.#stales += 1;
      } else if (this.#setsClock(problem, serverMs)) {
        return { kind: "again", afterMs: 0 };
      } else {
        this.#failures += 1;
      }
    } else {
      this.#failures += 1;
      this.mayBeReplayed = true;
    }
    return planRetry(
      outcome,
      {
        failures: this.#failures,
        stales: this.#stales,
        elapsedMs: this.#ports.clock.now() - this.#startedMs,
      },
      this.#policy,
      (bound) => randomBelow(this.#ports, bound),
    );
  }

  #takeHead({ head }: Problem): boolean {
    if (head === undefined || head === null) return false;
    this.head = head;
    return true;
  }

  /** A machine whose clock is wrong goes by the server's, once for each operation. */
  #setsClock(problem: Problem, serverMs: number | undefined): boolean {
    const isClock = problem.code === "clock_behind" || problem.code === "clock_ahead";
    if (!isClock || serverMs === undefined || this.#hasSetClock) return false;
    this.#hasSetClock = true;
    this.#skew.ms = serverMs - this.#ports.clock.now();
    return true;
  }
}
