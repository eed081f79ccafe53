import { cpSync } from "node:fs";
import { join } from "node:path";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
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

const START_MS = 1_700_000_000_000;
const CHARTS = join(import.meta.dirname, "../../http/test/charts");

/** A node that writes, without a network: what followers follow. */
export class Leader {
  readonly folder: string;
  readonly node: RunningNode;
  readonly #operator: PrivateKey;
  #keys = 0;

  private constructor(folder: string, node: RunningNode) {
    this.folder = folder;
    this.node = node;
    this.#operator = readKeyFile(dataFolder(folder).operatorKey);
  }

  static async open(folder: string, isNew = true): Promise<Leader> {
    const clock = new ManualClock(START_MS);
    if (isNew) await initNode({ folder, clock, charts: [CHARTS] });
    return new Leader(folder, await openNode({ folder, clock }));
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
    const head = this.node.engine.state.head(instance);
    this.#keys += 1;
    const body: JsonObject = {
      current_state_hash: head?.hash ?? ABSENT_HASH,
      hlc: formatHlc({ wallMs: START_MS, counter: (head?.document.meta.seq ?? 0) + 1 }),
      idem_key: `t:0:${word}:${this.#keys}`,
      inputs_hash: valueHash(hasher, {}),
      instance,
      origin: this.node.origin,
      signer: this.#operator.identity,
      transition,
    };
    const signature = this.#operator.sign(PROPOSAL_TYPE, body);
    const answer = await this.node.engine.propose(canonicalize({ ...body, inputs: {}, signature }));
    return answer.kind === "accepted";
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
