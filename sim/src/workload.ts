import type { State } from "@swoosh/kernel";
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
}

/** An identity beside the operator. */
export interface Actor {
  readonly name: string;
  readonly roles: readonly string[];
}
