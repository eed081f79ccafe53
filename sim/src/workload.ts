import type { Answer, State } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import type { Wish } from "./proposals.ts";

/** What some client would like to happen, and who it is. */
export interface Wished {
  readonly wish: Wish;
  /** Name of an identity. */
  readonly signer: string;
}

/** What can be seen beside the state. */
export interface Outlook {
  /** ms: the later one of the clock and of the last record. */
  readonly now: number;
  readonly instances: readonly string[];
}

/** Who is there, and what they are after. */
export interface Workload {
  readonly actors: readonly Actor[];
  /** By what can be seen now; whether it can be had or not. */
  wish(random: SeededRandom, state: State, outlook: Outlook): Wished;
  /** What the operator proposes in a healed world, where it must be accepted. */
  readonly last: Wish;
  /** Drives a healed world on until nothing is left to do, and says what is not as it must be then. */
  converge?(random: SeededRandom, healed: Healed): Promise<void>;
}

/** A world in which nothing goes wrong any more. */
export interface Healed {
  readonly state: State;
  readonly outlook: Outlook;
  propose(wished: Wished): Promise<Answer>;
  /** Time passes, and due timers fire. */
  pass(ms: number): Promise<void>;
  mark(name: string): void;
  tell(line: string): void;
  expect(holds: boolean, claim: () => string): void;
}

/** An identity beside the operator. */
export interface Actor {
  readonly name: string;
  readonly roles: readonly string[];
}
