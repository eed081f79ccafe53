import type { Checkpoint, LogRecord } from "@swoosh/kernel/values";
import type { JournalReader } from "./journal-reader.ts";
import type { SdkPorts } from "./ports.ts";
import type { Reader } from "./reader.ts";
import { SdkError } from "./sdk-error.ts";
import {
  openCheckpoint,
  verifyConsistencyProof,
  verifyInclusionProof,
  type Pins,
} from "./verify-proof.ts";
import { verifyRecord } from "./verify-record.ts";

export interface ProvenRecord {
  readonly record: LogRecord;
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

/**
 * Proofs from a server that is not trusted. Owns the newest checkpoint that was verified: every later one must contain
 * it, so a log that was rewritten or forked is found out. Throws `unverified` where anything does not hold.
 */
export class LogProofs {
  readonly #ports: SdkPorts;
  readonly #reader: Reader;
  readonly #journal: JournalReader;
  readonly #pins: Pins;
  #trusted: Checkpoint | null;

  constructor(given: {
    readonly ports: SdkPorts;
    readonly reader: Reader;
    readonly journal: JournalReader;
    readonly pins: Pins;
    readonly trusted?: Checkpoint;
  }) {
    this.#ports = given.ports;
    this.#reader = given.reader;
    this.#journal = given.journal;
    this.#pins = given.pins;
    this.#trusted = given.trusted ?? null;
  }

  /** The server's checkpoint, verified by the pinned keys and consistent with the last one. */
  async checkpoint(): Promise<Checkpoint> {
    const text = await this.#reader.checkpointText();
    const opened = await openCheckpoint(this.#ports, text, this.#pins);
    if (!opened.ok) throw new SdkError("unverified", `the checkpoint: ${opened.problem}`);
    const newer = opened.checkpoint;
    const older = this.#trusted;
    if (older === null) await this.#checkGenesis(newer);
    // A checkpoint from a slower node may be older: then it must be contained in the one that we hold.
    else if (older.size <= newer.size) await this.#checkConsistency(older, newer);
    else await this.#checkConsistency(newer, older);
    if (older === null || newer.size >= older.size) this.#trusted = newer;
    return newer;
  }

  /** Record `index`, whole, signed, and in the tree of a verified checkpoint. */
  async record(
    index: number,
    expected: { readonly leaf?: string; readonly answer?: string } = {},
  ): Promise<ProvenRecord> {
    const checkpoint = await this.checkpoint();
    if (index >= checkpoint.size)
      throw new SdkError(
        "unverified",
        `record ${index} is not in the checkpoint of ${checkpoint.size} records`,
      );
    return this.#prove(index, checkpoint, expected);
  }

  async #prove(
    index: number,
    checkpoint: Checkpoint,
    expected: { readonly leaf?: string; readonly answer?: string },
  ): Promise<ProvenRecord> {
    const text = await this.#text(index);
    const verified = await verifyRecord(this.#ports, {
      text,
      index,
      origin: checkpoint.origin,
      ...expected,
    });
    if (!verified.ok)
      throw new SdkError("unverified", `record ${index}: ${verified.problems.join("; ")}`);
    const proof = await this.#reader.inclusionProof(index, checkpoint.size);
    const { leaf, record } = verified;
    if (
      proof === undefined ||
      !verifyInclusionProof(this.#ports, { leaf, index, checkpoint, proof })
    )
      throw new SdkError(
        "unverified",
        `record ${index} is not proved to be in the tree of ${checkpoint.size} records`,
      );
    return { record, text, checkpoint };
  }

  async #text(index: number): Promise<string> {
    for await (const { text } of this.#journal.journal({ from: index })) return text;
    throw new SdkError("unverified", `the server has no record ${index}`);
  }

  async #checkGenesis(checkpoint: Checkpoint): Promise<void> {
    const { genesisHash } = this.#pins;
    if (genesisHash === undefined || checkpoint.size === 0) return;
    await this.#prove(0, checkpoint, { leaf: genesisHash });
  }

  async #checkConsistency(older: Checkpoint, newer: Checkpoint): Promise<void> {
    const proof =
      older.size === newer.size || older.size === 0
        ? { hashes: [] }
        : await this.#reader.consistencyProof(older.size, newer.size);
    if (proof !== undefined && verifyConsistencyProof(this.#ports, { older, newer, proof })) return;
    throw new SdkError(
      "unverified",
      `the log is forked: the tree of ${newer.size} records does not contain that of ${older.size} which this client has verified; keep both checkpoints and tell the operator`,
    );
  }
}
