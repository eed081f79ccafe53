import { cpSync } from "node:fs";
import { join } from "node:path";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  maxHlc,
  nextHlc,
  parseHlc,
  PROPOSAL_TYPE,
  valueHash,
  type Answer,
  type JsonObject,
  type ValueHash,
} from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import { hasher } from "../../hasher.ts";
import { readKeyFile } from "../../keys/key-file.ts";
import type { PrivateKey } from "../../keys/private-key.ts";
import { signedCheckpoint } from "../../log/signed-checkpoint.ts";
import { dataFolder } from "../../node/data-folder.ts";
import { initNode } from "../../node/init-node.ts";
import { openNode, type RunningNode } from "../../node/open-node.ts";
import type { LogFeed } from "../log-feed.ts";

export interface LeaderWish {
  readonly instance: string;
  readonly transition: string;
  readonly inputs?: JsonObject;
  /** The operator unless given. */
  readonly signer?: PrivateKey;
  readonly window?: string;
  readonly hlc?: string;
  readonly word?: string;
}

const START_MS = 1_700_000_000_000;
const CHARTS = join(import.meta.dirname, "../../http/test/charts");

/** A node that writes, without a network: what followers follow. */
export class Leader {
  readonly folder: string;
  readonly node: RunningNode;
  readonly clock: ManualClock;
  readonly #operator: PrivateKey;
  #keys = 0;

  private constructor(folder: string, node: RunningNode, clock: ManualClock) {
    this.clock = clock;
    this.folder = folder;
    this.node = node;
    this.#operator = readKeyFile(dataFolder(folder).operatorKey);
  }

  static async open(folder: string, isNew = true): Promise<Leader> {
    const clock = new ManualClock(START_MS);
    if (isNew) await initNode({ folder, clock, charts: [CHARTS] });
    return new Leader(folder, await openNode({ folder, clock }), clock);
  }

  /** Another one that goes on from a copy of this one's folder as it is now. */
  async copied(to: string): Promise<Leader> {
    cpSync(this.folder, to, { recursive: true });
    return Leader.open(to, false);
  }

  get size(): number {
    return this.node.engine.checkpoint().size;
  }

  /** Proposes a transition of a switch; true: it was accepted. `word` tells keys of different leaders apart. */
  async propose(id: string, transition = "Switch_Flip", word = "a"): Promise<boolean> {
    const instance = `switch/${id}`;
    const seen = (this.node.engine.state.head(instance)?.document.meta.seq ?? 0) + 1;
    const hlc = formatHlc({ wallMs: START_MS, counter: seen });
    return (await this.act({ instance, transition, word, hlc })) === "accepted";
  }

  /** Proposes anything as of now; gives `accepted`, or the code of the refusal. */
  async act(wish: LeaderWish): Promise<string> {
    const answer = await this.#answer(wish);
    return answer.kind === "accepted" ? "accepted" : answer.refused.code;
  }

  /** The same for what must be refused: its code and reasons. */
  async refusalOf(wish: LeaderWish): Promise<string> {
    const answer = await this.#answer(wish);
    if (answer.kind === "accepted") return "accepted";
    return `${answer.refused.code}: ${answer.refused.reasons.join("; ")}`;
  }

  /** Accepted records of an instance with this transition. */
  async recordsOf(
    instance: string,
    transition: string,
  ): Promise<readonly { readonly inputs: JsonObject }[]> {
    const texts = await this.node.engine.records(0, this.size);
    return texts
      .map((text): { inputs: JsonObject; proposal: { instance: string; transition: string } } =>
        JSON.parse(text),
      )
      .filter(
        ({ proposal }) => proposal.instance === instance && proposal.transition === transition,
      );
  }

  async #answer(wish: LeaderWish): Promise<Answer> {
    const { inputs = {}, instance, signer = this.#operator, transition, window, word = "a" } = wish;
    const head = this.node.engine.state.head(instance);
    const last = parseHlc(head?.document.hlc_last ?? "");
    const own = { wallMs: this.clock.now(), counter: 0 };
    this.#keys += 1;
    const body: JsonObject = {
      current_state_hash: head?.hash ?? ABSENT_HASH,
      hlc: wish.hlc ?? formatHlc(last === undefined ? own : maxHlc(own, nextHlc(last))),
      idem_key: `t:0:${word}:${this.#keys}`,
      inputs_hash: valueHash(hasher, inputs),
      instance,
      origin: this.node.origin,
      signer: signer.identity,
      transition,
      ...(window === undefined ? {} : { window_id: window }),
    };
    const signature = signer.sign(PROPOSAL_TYPE, body);
    return this.node.engine.propose(canonicalize({ ...body, inputs, signature }));
  }

  /** What a server over this node gives its followers; `change` doctors it. */
  feed(change: Partial<LogFeed> = {}): LogFeed {
    const { engine, journal } = this.node;
    return {
      url: "https://leader.example",
      checkpoint: async () => signedCheckpoint(this.node),
      records: (from, limit) => engine.records(from, limit),
      chart: (hash) => journal.evidence(hash as ValueHash),
      arrived: async () => {},
      ...change,
    };
  }
}
