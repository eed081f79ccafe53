import type { ABSENT_HASH } from "@swoosh/kernel/values";
import { JSON_MEDIA_TYPE, type Accepted, type Problem } from "@swoosh/protocol";
import type { Caller } from "./caller.ts";
import { Delivery, type Skew } from "./delivery.ts";
import { exchange, queryText, type Exchanged } from "./exchange.ts";
import { HeadBook, type SeenHead } from "./head-book.ts";
import { idemKeyOf, type IdemParts } from "./idem-key.ts";
import type { Cancellation, SdkPorts, Signer } from "./ports.ts";
import type { Plan, RetryPolicy } from "./retry.ts";
import { SdkError } from "./sdk-error.ts";
import type { SessionKeeper } from "./session-keeper.ts";
import { serverTimeMs } from "./server-time.ts";
import {
  checkInputs,
  signProposal,
  type Operation,
  type SignedProposalText,
} from "./sign-proposal.ts";
import { bodyText } from "./text-lines.ts";
import { verifyAnswer, type VerifiedAnswer } from "./verify-answer.ts";
import { wait } from "./wait.ts";

export interface ProposeOptions extends IdemParts {
  /** A key of one's own: the same operation under the same key is recorded once, and answered alike for ever. */
  readonly idemKey?: string;
  /** The state that the caller decided on: another one is refused with `stale_state` instead of read again. */
  readonly seen?: SeenHead | typeof ABSENT_HASH;
  readonly windowId?: string;
  readonly evidence?: readonly string[];
  readonly justification?: string;
  readonly retry?: Partial<RetryPolicy>;
  readonly signal?: Cancellation;
}

/** A yes or a no; what the world did to it is thrown. */
export type Proposed = ProposedAccepted | ProposedRefused;

export interface ProposedAccepted {
  readonly kind: "accepted";
  readonly answer: Accepted;
  /** The body, byte for byte. */
  readonly text: string;
  /** It had been accepted before: this is the first answer again. */
  readonly replayed: boolean;
  readonly idemKey: string;
}

export interface ProposedRefused {
  readonly kind: "refused";
  readonly problem: Problem;
  readonly idemKey: string;
}

/** What came back for one delivery, as the planner and the caller see it. */
export type Delivered =
  | { readonly kind: "accepted"; readonly accepted: ProposedAccepted }
  | {
      readonly kind: "refused";
      readonly problem: Problem;
      readonly retryAfterMs: number | null;
      readonly serverMs: number | undefined;
    }
  | { readonly kind: "lost"; readonly error: unknown };

/** Signs and delivers proposals. Owns the heads that it has seen and the skew of the clock; both may be wrong at no harm. */
export class Proposer {
  readonly heads = new HeadBook();
  readonly #ports: SdkPorts;
  readonly #url: string;
  readonly #signer: Signer | undefined;
  readonly #origin: () => Promise<string>;
  readonly #retry: RetryPolicy;
  readonly #caller: Caller;
  readonly #reserve: Pick<SessionKeeper, "header" | "open"> | undefined;
  readonly #skew: Skew = { ms: 0 };

  constructor(given: {
    readonly ports: SdkPorts;
    readonly url: string;
    readonly signer: Signer | undefined;
    readonly origin: () => Promise<string>;
    readonly retry: RetryPolicy;
    readonly caller: Caller;
    /** Of an operator: its token opens the places that a full server keeps. */
    readonly reserve?: Pick<SessionKeeper, "header" | "open">;
  }) {
    this.#ports = given.ports;
    this.#url = given.url;
    this.#signer = given.signer;
    this.#origin = given.origin;
    this.#retry = given.retry;
    this.#caller = given.caller;
    this.#reserve = given.reserve;
  }

  /** One operation, with every try that it takes. Throws `unreachable` where nobody knows whether it was recorded. */
  async propose(
    operation: { readonly instance: string; readonly transition: string; readonly inputs: object },
    options: ProposeOptions,
    isDryRun: boolean,
  ): Promise<Proposed> {
    const delivery = await this.begin(operation, options);
    const { idemKey } = delivery.operation;
    let base = this.#url;
    for (;;) {
      const result = await this.#deliver(base, delivery, options, isDryRun);
      if (result.kind === "accepted") return result.accepted;
      const plan = delivery.next(result, result.kind === "refused" ? result.serverMs : undefined);
      if (plan.kind === "give_up") {
        if (result.kind === "refused") return { kind: "refused", problem: result.problem, idemKey };
        throw lostError(operation, idemKey, result.error);
      }
      if (result.kind === "refused") base = leaderOf(result.problem) ?? base;
      await this.pause(plan, options.signal);
    }
  }

  async begin(
    operation: { readonly instance: string; readonly transition: string; readonly inputs: object },
    options: ProposeOptions,
  ): Promise<Delivery> {
    const { instance, transition } = operation;
    const { evidence, justification, windowId, seen } = options;
    const inputs = checkInputs(this.#ports, operation.inputs);
    const whole: Operation = {
      origin: await this.#origin(),
      instance,
      transition,
      ...inputs,
      idemKey: options.idemKey ?? idemKeyOf(operation, options, this.#ports.random(16)),
      ...(evidence === undefined ? {} : { evidence }),
      ...(justification === undefined ? {} : { justification }),
      ...(windowId === undefined ? {} : { windowId }),
    };
    const pinned = typeof seen === "object" ? seen : undefined;
    return new Delivery({
      operation: whole,
      head: seen === undefined ? this.heads.get(instance) : pinned,
      isPinned: seen !== undefined,
      isKeyGiven: options.idemKey !== undefined,
      ports: this.#ports,
      policy: { ...this.#retry, ...options.retry },
      skew: this.#skew,
    });
  }

  sign(delivery: Delivery): Promise<SignedProposalText> {
    if (this.#signer === undefined)
      throw new SdkError("misused", "this client has no signer: it can read, not propose");
    const { clock, hasher } = this.#ports;
    const now = (): number => clock.now() + this.#skew.ms;
    const ports = { hasher, clock: { now, wakeIn: clock.wakeIn.bind(clock) } };
    return signProposal(ports, this.#signer, delivery.operation, delivery.head);
  }

  /**
   * The same for a line of a stream, which need not say whether it is the first answer again: it is, where it does not fit
   * what was sent last, but may be that of an earlier delivery.
   */
  acceptLine(
    delivery: Delivery,
    sent: SignedProposalText,
    line: { readonly text: string; readonly replayed: boolean },
  ): ProposedAccepted {
    const { text } = line;
    const first = verifyAnswer({ text, sent: sent.body, replayed: line.replayed });
    if (first.ok || line.replayed || !delivery.mayBeReplayed)
      return this.#take(sent, line, first, false);
    return this.accept(sent, text, true, false);
  }

  /** Holds an accepted body against what was sent, and remembers the head. Throws `unverified`. */
  accept(
    sent: SignedProposalText,
    text: string,
    replayed: boolean,
    isDryRun: boolean,
  ): ProposedAccepted {
    const verified = verifyAnswer({ text, sent: sent.body, replayed });
    return this.#take(sent, { text, replayed }, verified, isDryRun);
  }

  #take(
    sent: SignedProposalText,
    { text, replayed }: { readonly text: string; readonly replayed: boolean },
    verified: VerifiedAnswer,
    isDryRun: boolean,
  ): ProposedAccepted {
    const idemKey = sent.body.idem_key;
    if (!verified.ok)
      throw new SdkError(
        "unverified",
        `the answer does not fit what was proposed: ${verified.problems.join("; ")}`,
        { idemKey },
      );
    const { answer } = verified;
    const { state_post_hash, hlc, index } = answer;
    // The head of a replayed answer may be long past; that of a dry run never was.
    if (!isDryRun && !replayed)
      this.heads.put(answer.instance, { hash: state_post_hash, hlc, index });
    return { kind: "accepted", answer, text, replayed, idemKey };
  }

  async pause(
    plan: Exclude<Plan, { kind: "give_up" }>,
    signal: Cancellation | undefined,
  ): Promise<void> {
    if (plan.kind === "again") {
      if (plan.afterMs > 0) await wait(this.#ports.clock, plan.afterMs, signal);
      return;
    }
    const { clock } = this.#ports;
    const endMs = clock.now() + plan.totalMs;
    do {
      const beat = await this.#beat();
      if (beat !== undefined && beat >= plan.beat) return;
      await wait(clock, plan.pollMs, signal);
      // Nobody beats, or it cannot be read: the server's answer says more.
      if (beat === undefined) return;
    } while (clock.now() < endMs);
  }

  /** The operator's token, from a session that is opened where there is none yet; undefined where none is had: then the refusal stands. */
  async token(): Promise<Readonly<Record<string, string>> | undefined> {
    if (this.#reserve === undefined) return undefined;
    try {
      await this.#reserve.open(undefined);
      return await this.#reserve.header();
    } catch {
      return undefined;
    }
  }

  async #deliver(
    base: string,
    delivery: Delivery,
    options: ProposeOptions,
    isDryRun: boolean,
  ): Promise<Delivered> {
    const sent = await this.sign(delivery);
    const send = (token: Readonly<Record<string, string>>): Promise<Exchanged> =>
      exchange(this.#ports, base, {
        method: "POST",
        path: `/transition${queryText({ dry_run: isDryRun ? "true" : undefined })}`,
        headers: { "content-type": JSON_MEDIA_TYPE, ...token },
        body: sent.text,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    const first = await send({});
    const isFull = first.kind === "refused" && first.problem.code === "overloaded";
    // The token goes to the client's own URL and nowhere else, and only where it may help.
    const token = isFull && base === this.#url ? await this.token() : undefined;
    const result = token === undefined ? first : await send(token);
    if (result.kind === "lost") return result;
    if (result.kind === "refused") return { ...result, serverMs: serverTimeMs(result.date) };
    const replayed = result.response.header("idempotent-replayed") === "true";
    let text: string;
    try {
      text = await bodyText(this.#ports, result.response);
    } catch (error) {
      return { kind: "lost", error };
    }
    return { kind: "accepted", accepted: this.accept(sent, text, replayed, isDryRun) };
  }

  /** The present beat, or undefined where nobody beats or it cannot be read. */
  async #beat(): Promise<number | undefined> {
    try {
      const path = `/state${queryText({ instance: "beat/main" })}`;
      const read = await this.#caller.readJson({ method: "GET", path }, "State");
      const beat: unknown = Object(Object(Object(read)["state"])["context"])["beat_index"];
      return typeof beat === "number" ? beat : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Where a follower says that the leader is: proposals may go there, for there they carry no token. */
function leaderOf({ code, leader }: Problem): string | undefined {
  return code === "not_leader" && leader !== undefined && /^https?:\/\//.test(leader)
    ? leader
    : undefined;
}

export function lostError(
  operation: { readonly instance: string; readonly transition: string },
  idemKey: string,
  cause: unknown,
): SdkError {
  return new SdkError(
    "unreachable",
    `no answer for ${operation.transition} on ${operation.instance}; whether it was recorded is not known: propose it again with idemKey ${idemKey}`,
    { cause, idemKey },
  );
}
