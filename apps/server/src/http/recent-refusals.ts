import type { Problem } from "@swoosh/protocol";
import { REFUSALS_SHOWN_MAX } from "./limits.ts";
import { reasonsForOthers } from "./reasons-for-others.ts";
import { shortened } from "./shortened.ts";

/** A refusal as people look for it: when, what, why. */
export interface RecentRefusal {
  /** ms, by the server's clock. */
  readonly at: number;
  readonly code: string;
  readonly detail: string;
  readonly guard: string | null;
  /** As the proposal names them; empty where it does not, or where what it says is no name. */
  readonly instance: string;
  readonly transition: string;
}

const INSTANCE = /"instance"\s*:\s*"([a-z][a-z0-9_-]{0,31}\/[A-Za-z0-9_-]{1,128})"/;
const TRANSITION = /"transition"\s*:\s*"([A-Za-z][A-Za-z0-9_]{0,63})"/;
const DETAIL_LENGTH_MAX = 300;

/** The last refusals of proposals, newest first. They are in no log: a refusal changes nothing. */
export class RecentRefusals {
  #latest: readonly RecentRefusal[] = [];

  get latest(): readonly RecentRefusal[] {
    return this.#latest;
  }

  note(at: number, text: string, problem: Problem): void {
    const one = {
      at,
      code: problem.code,
      detail: shortened(reasonsForOthers(problem).join("; "), DETAIL_LENGTH_MAX),
      guard: problem.guard ?? null,
      instance: INSTANCE.exec(text)?.[1] ?? "",
      transition: TRANSITION.exec(text)?.[1] ?? "",
    };
    this.#latest = [one, ...this.#latest.slice(0, REFUSALS_SHOWN_MAX - 1)];
  }
}
