import type { LeafHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import { BOUNCES_MAX } from "../limits.ts";
import { operationHash } from "../reduce/operation.ts";
import type { Overlay } from "../reduce/overlay.ts";
import type { Accepted, EngineAct, Moment, Seen, State, Verdict } from "../reduce/state.ts";
import type { LogEnd } from "../reduce/world.ts";
import type { Refused } from "../refusal.ts";
import { unreachable } from "../unreachable.ts";
import { attestationInput } from "./attestation-input.ts";
import { batchOrder } from "./batch-order.ts";
import type { DurableState } from "./durable-state.ts";
import { edgeRefusal } from "./edge-refusal.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { instanceOf } from "./instance-of.ts";
import { assertFresh, assertRecord } from "./invariants.ts";
import type { KeyDigest } from "./key-digest.ts";
import type { Pending, PendingAct, PendingProposal } from "./pending.ts";
import type { SignRecord } from "./sign-record.ts";

/** What a turn found for one item. Nothing here is durable yet. */
export type Finding =
  | { readonly kind: "recorded"; readonly position: number }
  | { readonly kind: "replayed"; readonly index: number }
  | { readonly kind: "rehearsed"; readonly accepted: Accepted }
  | { readonly kind: "refused"; readonly refused: Refused }
  /** The state moved since its attestations were asked, or its key became known: it goes through clearance again. */
  | { readonly kind: "bounced" };

export interface TurnPlan {
  /** In order of index, from the end of the log on. */
  readonly accepted: readonly Accepted[];
  /** Of their idempotency keys, by position; undefined for the engine's own. */
  readonly digests: readonly (KeyDigest | undefined)[];
  readonly findings: readonly (readonly [item: Pending, finding: Finding])[];
  /** Instances whose timers were looked at, whatever came of it. */
  readonly fired: readonly string[];
  /** Timers that reduce refused, by instance: our own mistake or a chart's, and not to be tried again as they stand. */
  readonly stuck: readonly (readonly [instance: string, refused: Refused])[];
  /** What was not begun, because the batch was full. */
  readonly left: readonly Pending[];
}

export interface TurnBounds {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

export interface TurnSetting {
  readonly kernel: EngineKernel;
  readonly durable: DurableState;
  readonly sign: SignRecord;
  readonly bounds: TurnBounds;
  /** Readings of this turn: all records of one batch have the same. */
  readonly at: number;
  readonly now: number;
}

/**
 * One turn of the loop, without its waiting: reduces what is due and what waits on an overlay of the durable state. Pure
 * but for the overlay; nothing that it gives may be shown before its batch is durable, rehearsals (dry runs) excepted,
 * which see the durable state alone.
 */
export function planTurn(
  setting: TurnSetting,
  work: { readonly due: readonly string[]; readonly items: readonly Pending[] },
): TurnPlan {
  const turn = new Turn(setting);
  for (const instance of work.due) {
    if (turn.isFull) break;
    turn.fire(instance);
  }
  const acts = work.items.filter((item) => item.kind === "act");
  const proposals = work.items.filter((item) => item.kind === "proposal");
  const ordered = batchOrder(setting.kernel.hasher, proposals);
  for (const item of [...acts, ...ordered]) turn.take(item);
  return turn.plan();
}

/** Owns the batch that is being made. T1: `end` is the end of the log as it will be after the batch. */
class Turn {
  readonly #setting: TurnSetting;
  readonly #overlay: Overlay;
  readonly #accepted: Accepted[] = [];
  readonly #digests: (KeyDigest | undefined)[] = [];
  readonly #findings: (readonly [Pending, Finding])[] = [];
  readonly #stuck: (readonly [string, Refused])[] = [];
  readonly #left: Pending[] = [];
  readonly #fired: string[] = [];
  /** Keys of this batch. */
  readonly #keys = new Map<string, { readonly index: number; readonly item: PendingProposal }>();
  #end: LogEnd;
  #bytes = 0;

  constructor(setting: TurnSetting) {
    this.#setting = setting;
    this.#overlay = setting.durable.overlay();
    this.#end = setting.durable.end;
  }

  get isFull(): boolean {
    const { recordsMax, bytesMax } = this.#setting.bounds;
    return this.#accepted.length >= recordsMax || this.#bytes >= bytesMax;
  }

  plan(): TurnPlan {
    return {
      accepted: this.#accepted,
      digests: this.#digests,
      findings: this.#findings,
      fired: this.#fired,
      stuck: this.#stuck,
      left: this.#left,
    };
  }

  fire(instance: string): void {
    this.#fired.push(instance);
    const verdict = this.#act({ act: "@timer", instance });
    if (verdict.kind === "refused") this.#stuck.push([instance, verdict]);
  }

  take(item: Pending): void {
    if (this.isFull) {
      this.#left.push(item);
      return;
    }
    switch (item.kind) {
      case "act":
        this.#findings.push([item, this.#findAct(item)]);
        return;
      case "proposal":
        this.#findings.push([item, item.dryRun ? this.#rehearse(item) : this.#findProposal(item)]);
        return;
      default:
        unreachable(item);
    }
  }

  #findAct(item: PendingAct): Finding {
    return this.#finding(this.#act(item.act));
  }

  #act(act: EngineAct): Verdict {
    const verdict = this.#setting.kernel.reduce(this.#overlay, {
      kind: "engine",
      moment: this.#moment(this.#end.size, this.#end.leaf),
      act,
      sign: this.#setting.sign,
    });
    if (verdict.kind === "accepted") this.#add(verdict, undefined);
    return verdict;
  }

  /** The durable state alone: what others of this turn do is not there yet, and must not leak. */
  #rehearse(item: PendingProposal): Finding {
    const { durable } = this.#setting;
    const moment = this.#moment(durable.end.size, durable.end.leaf);
    if (this.#mustAskAgain(item, durable.state, moment)) return this.#bounce(item);
    const verdict = this.#reduce(item, durable.state, { moment, seen: undefined });
    return verdict.kind === "accepted"
      ? { kind: "rehearsed", accepted: verdict }
      : this.#finding(verdict);
  }

  #findProposal(item: PendingProposal): Finding {
    const key = item.signed.proposal.idem_key;
    const durableIndex = this.#setting.durable.findDigest(item.digest);
    if (durableIndex !== undefined && item.prior?.seen.index !== durableIndex)
      return this.#bounce(item);
    const seen = this.#seenHere(key) ?? item.prior?.seen;
    const moment = this.#moment(this.#end.size, this.#end.leaf);
    if (seen === undefined && this.#mustAskAgain(item, this.#overlay, moment))
      return this.#bounce(item);
    const verdict = this.#reduce(item, this.#overlay, { moment, seen });
    if (verdict.kind === "accepted") {
      assertFresh(key, durableIndex ?? this.#keys.get(key)?.index);
      this.#keys.set(key, { index: verdict.record.index, item });
      this.#add(verdict, item.digest);
    }
    return this.#finding(verdict);
  }

  #reduce(
    item: PendingProposal,
    state: State,
    given: { readonly moment: Moment; readonly seen: Seen | undefined },
  ): Verdict {
    return this.#setting.kernel.reduce(state, {
      kind: "proposal",
      moment: given.moment,
      proposal: item.signed.proposal,
      inputs: item.signed.inputs,
      signature: item.signed.signature,
      verdict: item.verdict,
      seen: given.seen,
    });
  }

  /**
   * Would the guards ask for something else now than what was checked? The verdict belongs to the questions by place, so
   * nothing but the same list will do.
   */
  #mustAskAgain(item: PendingProposal, state: State, moment: Moment): boolean {
    const wanted = this.#setting.kernel.attestations(state, attestationInput(item.signed, moment));
    if (wanted.length !== item.asked.length) return true;
    return wanted.length > 0 && canonicalize([...wanted]) !== canonicalize([...item.asked]);
  }

  #bounce(item: PendingProposal): Finding {
    if (item.bounces < BOUNCES_MAX) return { kind: "bounced" };
    return {
      kind: "refused",
      refused: edgeRefusal("overloaded", [
        `the state moved ${item.bounces} times while the guards' evidence was being checked; send the proposal again`,
      ]),
    };
  }

  #finding(verdict: Verdict): Finding {
    switch (verdict.kind) {
      case "accepted":
        return { kind: "recorded", position: this.#accepted.length - 1 };
      case "duplicate":
        return { kind: "replayed", index: verdict.index };
      case "refused":
        return { kind: "refused", refused: verdict };
      default:
        return unreachable(verdict);
    }
  }

  #add(accepted: Accepted, digest: KeyDigest | undefined): void {
    assertRecord(accepted, { end: this.#end, head: (instance) => this.#overlay.head(instance) });
    this.#overlay.apply(accepted);
    this.#accepted.push(accepted);
    this.#digests.push(digest);
    this.#bytes += accepted.text.length;
    this.#end = { size: this.#end.size + 1, leaf: accepted.leaf, at: accepted.record.at };
  }

  #moment(index: number, prev: LeafHash): Moment {
    return { index, prev, at: this.#setting.at, now: this.#setting.now };
  }

  /** What this batch knows of a key. Its operation is hashed where somebody asks, which hardly anybody does. */
  #seenHere(key: string): Seen | undefined {
    const known = this.#keys.get(key);
    if (known === undefined) return undefined;
    const { proposal } = known.item.signed;
    const operation = operationHash(this.#setting.kernel.hasher, {
      instance: instanceOf(proposal),
      transition: proposal.transition,
      inputsHash: proposal.inputs_hash,
      signer: proposal.signer,
    });
    return { index: known.index, operation };
  }
}
