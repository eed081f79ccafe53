import { join } from "node:path";
import { isValueHash, type ValueHash } from "@swoosh/kernel";
import type { SeededRandom, Signer } from "@swoosh/kernel/testing";
import { readKeyFile } from "@swoosh/server/keys";
import type { HistoryRecorder } from "../history/history-recorder.ts";
import type { ProposeAnswer, ProposeOp } from "../history/history.ts";
import { messageOf, wishOf, type SeenHead, type Wish } from "../proposals.ts";

/** The operator of a data folder. */
export function operatorOf(data: string): Signer {
  const key = readKeyFile(join(data, "keys", "operator.pem"));
  return { key: key.identity, sign: (type, payload) => key.sign(type, payload) };
}

export interface LiveAim {
  readonly url: string;
  readonly origin: string;
  readonly signer: Signer;
  readonly recorder: HistoryRecorder;
  /** Instances that any client has seen. */
  readonly instances: Set<string>;
  /** Is told of every refusal as it came over the wire. */
  readonly onRefused?: (refusal: WireRefusal) => void;
  /** Is done now and then beside proposals; false where the server is silent. */
  readonly beside?: () => Promise<boolean>;
  /** Resolves when it may propose what it has made. */
  readonly together?: () => Promise<void>;
}

/** What HTTP says of a refusal beside its body. */
export interface WireRefusal {
  readonly status: number;
  readonly code: string;
  /** The header. */
  readonly retryAfter: string | null;
}

interface ProblemBody {
  readonly code: string;
  readonly guard?: string;
  readonly reasons?: readonly string[];
  readonly guard_outcomes?: Extract<ProposeAnswer, { kind: "refused" }>["outcomes"];
}

/** Wishes of a client before it turns to other orders and carts. */
const WISHES = 30;
/** Of its proposals, after which it does what it does beside. */
const BESIDE_PERCENT = 3;

/** A client of a real server that writes down whatever it does. It gives up for good at the first silence. */
export class LiveClient {
  readonly #name: string;
  readonly #aim: LiveAim;
  readonly #random: SeededRandom;
  #count = 0;

  constructor(name: string, aim: LiveAim, random: SeededRandom) {
    this.#name = name;
    this.#aim = aim;
    this.#random = random;
  }

  /** Reads, proposes, sends some of it twice, until the server is silent or `isOver`. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const wish = wishOf(this.#random, {
        exists: (instance) => this.#aim.instances.has(instance),
        generation: `-${Math.floor(this.#count / WISHES)}`,
      });
      const head = await this.#read(wish.instance);
      if (head === "silent") return;
      const proposal = this.#sign(wish, head);
      await this.#aim.together?.();
      const op = await this.propose(proposal);
      if (op.answer === null) return;
      const { beside } = this.#aim;
      if (beside !== undefined && this.#random.chance(BESIDE_PERCENT) && !(await beside())) return;
      if (this.#random.chance(10) && (await this.propose(op.request)).answer === null) return;
    }
  }

  /** What nobody was told of; false where the server is silent. */
  async sendAgain(unheard: readonly ProposeOp[]): Promise<boolean> {
    for (const { request } of unheard)
      if ((await this.propose(request)).answer === null) return false;
    return true;
  }

  /** One delivery; its answer stays null where none came. */
  async propose(request: string): Promise<ProposeOp> {
    const { onRefused, recorder, url } = this.#aim;
    const op = recorder.propose(this.#name, request);
    try {
      const response = await fetch(`${url}/transition`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: request,
      });
      const answer = await answerOf(response);
      recorder.proposed(op, answer);
      const { headers, status } = response;
      if (answer.kind === "refused")
        onRefused?.({ status, code: answer.code, retryAfter: headers.get("retry-after") });
    } catch {
      // Silence: the server is gone, and nobody knows what became of it.
    }
    return op;
  }

  async #read(instance: string): Promise<SeenHead | undefined | "silent"> {
    const { recorder, url } = this.#aim;
    const op = recorder.read(this.#name, instance);
    try {
      const response = await fetch(`${url}/state?instance=${instance}`);
      const text = await response.text();
      if (response.status === 404) {
        recorder.wasRead(op, "absent");
        return undefined;
      }
      const state: {
        readonly hash: string;
        readonly hlc: string;
        readonly index: number;
        readonly code?: string;
      } = JSON.parse(text);
      // It stopped itself and ends in a moment; whoever is quick hears that instead of nothing.
      if (state.code === "fenced") return "silent";
      if (!isValueHash(state.hash)) throw new Error(`/state answers ${response.status}: ${text}`);
      const hash: ValueHash = state.hash;
      recorder.wasRead(op, { index: state.index, hash });
      this.#aim.instances.add(instance);
      return { hash, hlc: state.hlc };
    } catch (error) {
      if (error instanceof TypeError) return "silent";
      throw error;
    }
  }

  #sign(wish: Wish, head: SeenHead | undefined): string {
    this.#count += 1;
    const { origin, signer } = this.#aim;
    const key = `real:0:op:${this.#name}-${this.#count}`;
    const seen = { origin, head };
    return messageOf(wish, { seen, signer, now: Date.now(), number: this.#count, key }).text;
  }
}

async function answerOf(response: Response): Promise<ProposeAnswer> {
  const text = await response.text();
  return answerIn(response.status, { text, replayed: response.headers.get("idempotent-replayed") });
}

/** What a proposal was answered; `replayed`: the header `Idempotent-Replayed`. */
export function answerIn(
  status: number,
  { replayed, text }: { readonly text: string; readonly replayed: string | null },
): ProposeAnswer {
  if (status === 202) {
    const { index }: { readonly index: number } = JSON.parse(text);
    return { kind: "accepted", index, replayed: replayed === "true", text };
  }
  const problem: ProblemBody = JSON.parse(text);
  return {
    kind: "refused",
    code: problem.code,
    guard: problem.guard ?? null,
    reasons: problem.reasons ?? [],
    outcomes: problem.guard_outcomes ?? [],
  };
}
