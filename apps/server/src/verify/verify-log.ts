import {
  createTree,
  decodeRecord,
  hashOfCanonical,
  isValueHash,
  World,
  type CompiledChart,
  type Hasher,
  type Kernel,
  type LogRecord,
  type Tree,
  type ValueHash,
} from "@swoosh/kernel";

export interface VerifyDoors {
  readonly kernel: Kernel;
  /** Canonical text of a chart's normal form, by its hash. */
  chart(hash: string): Promise<string | undefined>;
  /** Checks the signature over a record's proposal; left out: signatures are not looked at. */
  readonly signatureHolds?: (record: LogRecord) => boolean;
  /** Called now and then with how many records were verified. */
  readonly onProgress?: (records: number) => void;
}

export interface VerifiedLog {
  readonly ok: true;
  readonly size: number;
  readonly root: string;
  readonly origin: string;
  readonly node: string;
  /** Leaf hash of record 0. */
  readonly firstLeaf: string;
  readonly signatures: number;
}

/** The first record that is not what it must be; everything before it is sound. */
export interface UnsoundLog {
  readonly ok: false;
  readonly index: number;
  readonly problem: string;
}

const PROGRESS_RECORDS = 500;

/**
 * Decides every record of a log again and compares every byte: hashes, guard outcomes, effects, the chain, the tree (K1–K4,
 * K6, K7). Charts are compiled from their normal forms under the hashes that records name.
 */
export async function verifyLog(
  records: Iterable<string> | AsyncIterable<string>,
  doors: VerifyDoors,
): Promise<VerifiedLog | UnsoundLog> {
  const replica = new Replica(doors);
  for await (const text of records) {
    const problem = await replica.take(text);
    if (problem !== null) return { ok: false, index: replica.size, problem };
    if (replica.size % PROGRESS_RECORDS === 0) doors.onProgress?.(replica.size);
  }
  doors.onProgress?.(replica.size);
  if (replica.size === 0) return { ok: false, index: 0, problem: "there are no records" };
  return replica.report();
}

/** A second state beside the one that wrote the log. Owns world, tree and keys; knows nothing of files. */
class Replica {
  readonly #doors: VerifyDoors;
  readonly #hasher: Hasher;
  readonly #charts = new Map<ValueHash, CompiledChart>();
  readonly #world: World;
  readonly #tree: Tree;
  readonly #keys = new Set<string>();
  #firstLeaf = "";
  #signatures = 0;

  constructor(doors: VerifyDoors) {
    this.#doors = doors;
    this.#hasher = doors.kernel.hasher;
    this.#world = new World((hash) => this.#charts.get(hash));
    this.#tree = createTree(this.#hasher);
  }

  get size(): number {
    return this.#world.end.size;
  }

  /** null: it is what it must be. */
  async take(text: string): Promise<string | null> {
    const decoded = decodeRecord(text);
    if (!decoded.ok) return `${decoded.place}: ${decoded.problem}`;
    const { record } = decoded;
    const missing = await this.#fetchCharts(record);
    if (missing !== null) return missing;
    const replayed = this.#doors.kernel.replay(this.#world, text);
    if (!replayed.ok)
      return `${replayed.field}: the log says ${replayed.found}, replay gives ${replayed.expected}`;
    const { idem_key: key } = record.proposal;
    if (this.#keys.has(key)) return `the idempotency key ${key} stands for an earlier record`;
    this.#keys.add(key);
    const unsigned = this.#signature(record);
    if (unsigned !== null) return unsigned;
    this.#world.apply(replayed.accepted);
    this.#tree.append(replayed.accepted.leaf);
    if (record.index === 0) this.#firstLeaf = replayed.accepted.leaf;
    return null;
  }

  report(): VerifiedLog {
    const { end, node, origin } = this.#world;
    return {
      ok: true,
      size: end.size,
      root: this.#tree.root(),
      origin,
      node,
      firstLeaf: this.#firstLeaf,
      signatures: this.#signatures,
    };
  }

  #signature(record: LogRecord): string | null {
    if (this.#doors.signatureHolds === undefined) return null;
    if (!this.#doors.signatureHolds(record))
      return `the signature is not ${record.proposal.signer}'s over this proposal`;
    this.#signatures += 1;
    return null;
  }

  /** Compiles the charts that an engine's record names; why that cannot be, or null. */
  async #fetchCharts({ inputs, proposal }: LogRecord): Promise<string | null> {
    if (!proposal.transition.startsWith("@")) return null;
    for (const hash of [inputs?.["chart_hash"], inputs?.["identity_chart"]]) {
      if (typeof hash !== "string" || !isValueHash(hash) || this.#charts.has(hash)) continue;
      const text = await this.#doors.chart(hash);
      if (text === undefined) return `the normal form of chart ${hash} is not among the evidence`;
      const found = hashOfCanonical(this.#hasher, text);
      if (found !== hash) return `what is kept as chart ${hash} hashes to ${found}`;
      const known = (name: string) => this.#world.chart(name)?.normal;
      const compiled = this.#doors.kernel.compileNormal(text, known);
      if (!compiled.ok) return `chart ${hash} cannot be run here: ${compiled.problem}`;
      this.#charts.set(hash, compiled.chart);
    }
    return null;
  }
}
