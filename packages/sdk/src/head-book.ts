import {
  compareHlc,
  formatHlc,
  maxHlc,
  nextHlc,
  parseHlc,
  type ValueHash,
} from "@swoosh/kernel/values";
import { HEADS_MAX } from "./limits.ts";

/** The head of an instance as this client last saw it. */
export interface SeenHead {
  readonly hash: ValueHash;
  readonly hlc: string;
  readonly index: number;
}

/**
 * Heads that this client has seen, so that a proposal needs no read before it. Owns a bounded map; the oldest ones go
 * first. A head that is no longer true costs one more exchange, never a wrong record.
 */
export class HeadBook {
  readonly #heads = new Map<string, SeenHead>();

  get(instance: string): SeenHead | undefined {
    return this.#heads.get(instance);
  }

  /** Takes a head that is not older than what is known: answers may arrive in any order. */
  put(instance: string, head: SeenHead): void {
    const known = this.#heads.get(instance);
    if (known !== undefined && known.index > head.index) return;
    this.#heads.delete(instance);
    this.#heads.set(instance, head);
    if (this.#heads.size <= HEADS_MAX) return;
    for (const oldest of this.#heads.keys()) {
      this.#heads.delete(oldest);
      return;
    }
  }
}

/** max(own clock, the head's with its counter one higher): what a client sends (transition API, `hlc`). */
export function hlcAfter(nowMs: number, head: string | undefined): string {
  const own = { wallMs: nowMs, counter: 0 };
  const last = head === undefined ? undefined : parseHlc(head);
  if (last === undefined) return formatHlc(own);
  const next = nextHlc(last);
  return formatHlc(compareHlc(own, next) >= 0 ? own : maxHlc(own, next));
}
