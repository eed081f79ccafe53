import {
  decodeRecord,
  leafHash,
  normalHlc,
  parseHlc,
  type EngineStatus,
  type Hasher,
} from "@swoosh/kernel";
import type { Health } from "@swoosh/protocol";
import type { ReadEngine } from "./read-node.ts";

/** What health is asked of. */
export interface HealthDoors {
  readonly engine: ReadEngine;
  readonly hasher: Hasher;
  /** Address of the node that leads; null: this one does. */
  readonly leader: string | null;
  /** C2SP verifier key of checkpoints. */
  readonly verifierKey: string;
  /** Of parts beside the engine: dependencies that are missing, and so on; in sentences. */
  readonly problems?: () => readonly string[];
}

/** How the node and its log are. Owns what never changes: the first leaf, and the clock of the last snapshot. */
export class HealthReader {
  readonly #doors: HealthDoors;
  #genesisHash: string | undefined;
  #snapshot: { readonly index: number; readonly hlc: string | null } | null = null;

  constructor(doors: HealthDoors) {
    this.#doors = doors;
  }

  async read(): Promise<Health> {
    const { engine, hasher, leader, verifierKey } = this.#doors;
    const status = engine.status();
    const { size, root } = engine.checkpoint();
    const snapshotIndex = snapshotOf(status);
    const problems = [...status.problems, ...(this.#doors.problems?.() ?? [])];
    this.#genesisHash ??= leafHash(hasher, (await engine.records(0, 1))[0] ?? "");
    return {
      consensus: {
        leader,
        mode: "single",
        role: leader === null ? "leader" : "follower",
        term: status.term,
      },
      durableIndex: size - 1,
      genesisHash: this.#genesisHash,
      lastSnapshotHLC: await this.#hlcAt(snapshotIndex),
      origin: status.origin,
      problems,
      rootHash: root,
      status: conditionOf(status, problems),
      treeSize: size,
      verifierKey,
      walLag: size - 1 - (snapshotIndex ?? -1),
    };
  }

  async #hlcAt(index: number | null): Promise<string | null> {
    if (index === null) return null;
    if (this.#snapshot?.index !== index) {
      const [text = ""] = await this.#doors.engine.records(index, 1);
      const decoded = decodeRecord(text);
      const hlc = decoded.ok ? decoded.record.proposal.hlc : "";
      const parsed = parseHlc(hlc);
      this.#snapshot = { index, hlc: parsed === undefined ? null : normalHlc(hlc, parsed) };
    }
    return this.#snapshot.hlc;
  }
}

function snapshotOf({ snapshotIndex, recovery }: EngineStatus): number | null {
  return snapshotIndex ?? recovery.snapshotIndex;
}

/** A node that stops takes nothing any more, but it is well: `degraded` until it is gone. */
function conditionOf({ condition }: EngineStatus, problems: readonly string[]): Health["status"] {
  if (condition === "fenced") return "fenced";
  return condition === "ok" && problems.length === 0 ? "ok" : "degraded";
}
