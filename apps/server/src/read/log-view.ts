import {
  assert,
  decodeRecord,
  decisionRecord,
  IdentityHistory,
  instanceOf,
  isValueHash,
  JournalError,
  leafHash,
  type JsonObject,
  type LeafHash,
  type LogRecord,
} from "@swoosh/kernel";
import { INDEX_PAGE_RECORDS } from "./limits.ts";
import { RecordColumns } from "./record-columns.ts";
import type { ReadSource } from "./read-source.ts";

export { engineSource } from "./read-source.ts";

/** A record with its bytes' leaf hash. */
export interface SeenRecord {
  readonly record: LogRecord;
  readonly leaf: LeafHash;
}

/**
 * The log as lists and explanations need it: what touched what, who held which role. Owns an index in memory that is made
 * from the log when it is first asked for, and follows it from there, in small turns. Nothing here is a source of truth.
 */
export class LogView {
  readonly columns = new RecordColumns();
  readonly #source: ReadSource;
  readonly #identities: IdentityHistory;
  #catching: Promise<void> | null = null;

  constructor(source: ReadSource) {
    this.#source = source;
    this.#identities = source.kernel.identityHistory((hash) => source.state.chartByHash(hash));
  }

  /** Resolves when every record that was durable at this call is in the index. */
  async caughtUp(): Promise<void> {
    const { size } = this.#source;
    while (this.columns.size < size) {
      this.#catching ??= this.#catch(this.#source.size).finally(() => (this.#catching = null));
      await this.#catching;
    }
  }

  /** A record by index. */
  async at(index: number): Promise<SeenRecord> {
    const [text] = await this.#source.records(index, 1);
    if (text === undefined)
      throw new JournalError("corrupt", `record ${index} of ${this.#source.size} cannot be read`);
    return this.#seen(text);
  }

  /** The decision record of a record that the index has. */
  async decisionOf({ record, leaf }: SeenRecord): Promise<JsonObject> {
    assert(record.index < this.columns.size, `the index has no record ${record.index} yet`);
    const derivedFrom: LeafHash[] = [];
    // `chart/…` and `journal/…` have no document: nothing of them is touched.
    if (!isOfEngine(instanceOf(record.proposal)))
      for (const instance of new Set(this.columns.touchedAt(record.index))) {
        const before = this.columns.before(instance, record.index);
        if (before !== undefined) derivedFrom.push((await this.at(before)).leaf);
      }
    return decisionRecord(record, leaf, { role: this.roleOf(record), derivedFrom });
  }

  /** Role under which a record was proposed; `unknown` where the log alone does not tell. */
  roleOf(record: LogRecord): string {
    const { transition } = record.proposal;
    if (transition.startsWith("@")) return "engine";
    const hash = this.columns.chartHashAt(instanceOf(record.proposal), record.index);
    const chart =
      hash === undefined || !isValueHash(hash) ? undefined : this.#source.state.chartByHash(hash);
    const declaration = chart?.transitions.get(transition);
    const role =
      declaration === undefined ? undefined : this.#identities.roleOf(record, declaration);
    return role ?? "unknown";
  }

  /** Name of the identity that signed a record. */
  signerOf({ index, proposal }: LogRecord): string {
    return this.#identities.nameBefore(proposal.signer, index) ?? this.#ofGenesis(proposal.signer);
  }

  #ofGenesis(key: string): string {
    return this.#source.state.registry.identityOf(key) ?? key;
  }

  async #catch(size: number): Promise<void> {
    while (this.columns.size < size) {
      const count = Math.min(INDEX_PAGE_RECORDS, size - this.columns.size);
      const texts = await this.#source.records(this.columns.size, count);
      if (texts.length === 0)
        throw new JournalError("corrupt", `record ${this.columns.size} cannot be read`);
      for (const text of texts) this.#take(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #take(text: string): void {
    // Written by an engine, and checked by the journal as it was read: shapes are looked at where records are told.
    const record: LogRecord = JSON.parse(text);
    const concern = { index: record.index, instance: instanceOf(record.proposal) };
    if (IdentityHistory.concerns(concern)) this.#identities.apply(record, text);
    this.columns.append(record, leafHash(this.#source.kernel.hasher, text));
  }

  #seen(text: string): SeenRecord {
    const decoded = decodeRecord(text);
    if (!decoded.ok)
      throw new JournalError("corrupt", `a durable record cannot be read: ${decoded.problem}`);
    return { record: decoded.record, leaf: leafHash(this.#source.kernel.hasher, text) };
  }
}

/** `chart/…` and `journal/…` stand in engine records and have no document. */
export function isOfEngine(instance: string): boolean {
  return instance.startsWith("chart/") || instance.startsWith("journal/");
}
