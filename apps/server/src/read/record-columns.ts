import { assert, instanceOf, type LeafHash, type LogRecord } from "@swoosh/kernel";

const NONE = 0xffff_ffff;
const FIRST_CAPACITY = 1_024;

/** Another instance that a record moved. */
interface Part {
  readonly instance: number;
  readonly before: number;
}

/** What the columns keep of a record that others do not have. */
interface ChartMark {
  readonly index: number;
  readonly hash: string;
}

/**
 * What lists and cause chains ask of records, in columns: 20 bytes each, and names once. Owns them; grows in order of
 * index. Indexes fit 32 bits: 4 thousand million records.
 */
export class RecordColumns {
  size = 0;
  readonly #instances = new Names();
  readonly #transitions = new Names();
  readonly #signers = new Names();
  /** By index: first 4 bytes of the leaf, names, and the record before that touched the main instance. */
  #leaf = new Uint32Array(FIRST_CAPACITY);
  #instance = new Uint32Array(FIRST_CAPACITY);
  #transition = new Uint32Array(FIRST_CAPACITY);
  #signer = new Uint32Array(FIRST_CAPACITY);
  #before = new Uint32Array(FIRST_CAPACITY);
  readonly #parts = new Map<number, readonly Part[]>();
  /** By instance: the first and the last record that touched it. */
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  /** By instance: `@migrate` records; by chart: `@chart` records. */
  readonly #migrations = new Map<string, ChartMark[]>();
  readonly #installations = new Map<string, ChartMark[]>();

  append(record: LogRecord, leaf: LeafHash): void {
    const { index, proposal } = record;
    assert(index === this.size, `record ${index} comes after ${this.size} records`);
    if (index === this.#leaf.length) this.#grow();
    this.#leaf[index] = prefixOf(leaf);
    this.#transition[index] = this.#transitions.of(proposal.transition);
    this.#signer[index] = this.#signers.of(proposal.signer);
    const main = instanceOf(proposal);
    this.#instance[index] = this.#instances.of(main);
    this.#before[index] = this.#touch(main, index);
    const parts = record.parts.map(({ instance }): Part => {
      const before = this.#touch(instance, index);
      return { instance: this.#instances.of(instance), before };
    });
    if (parts.length > 0) this.#parts.set(index, parts);
    this.#noteChart(record, main);
    this.size = index + 1;
  }

  /** Indexes in `from … to − 1` that fit, ascending; what is left out does not matter. */
  *matching(
    range: { readonly from: number; readonly to: number },
    wanted: {
      readonly instance?: string | undefined;
      readonly transition?: string | undefined;
      readonly signer?: string | undefined;
    },
  ): Generator<number> {
    const instance = this.#wanted(this.#instances, wanted.instance);
    const transition = this.#wanted(this.#transitions, wanted.transition);
    const signer = this.#wanted(this.#signers, wanted.signer);
    if (instance === null || transition === null || signer === null) return;
    for (let index = range.from; index < Math.min(range.to, this.size); index += 1) {
      if (transition !== NONE && this.#transition[index] !== transition) continue;
      if (signer !== NONE && this.#signer[index] !== signer) continue;
      if (instance === NONE || this.#touches(index, instance)) yield index;
    }
  }

  /** Indexes of records whose leaf begins like this one: the right one is among them, if there is one. */
  *withLeaf(leaf: LeafHash): Generator<number> {
    const prefix = prefixOf(leaf);
    for (let index = 0; index < this.size; index += 1)
      if (this.#leaf[index] === prefix) yield index;
  }

  instanceAt(index: number): string {
    return this.#instances.at(this.#instance[index] ?? NONE);
  }

  transitionAt(index: number): string {
    return this.#transitions.at(this.#transition[index] ?? NONE);
  }

  /** Main instance and joined ones. */
  touchedAt(index: number): readonly string[] {
    const parts = this.#parts.get(index) ?? [];
    return [this.instanceAt(index), ...parts.map(({ instance }) => this.#instances.at(instance))];
  }

  /** The last record before `index` that touched an instance which record `index` touches. */
  before(instance: string, index: number): number | undefined {
    const id = this.#instances.find(instance);
    if (id === undefined) return undefined;
    const part = this.#parts.get(index)?.find((one) => one.instance === id);
    const before =
      this.#instance[index] === id ? this.#before[index] : part === undefined ? NONE : part.before;
    return before === NONE ? undefined : before;
  }

  /** The last record that touched an instance, of all. */
  last(instance: string): number | undefined {
    const id = this.#instances.find(instance);
    return id === undefined ? undefined : this.#last[id];
  }

  /** Hash of the chart that an instance ran under just before record `index`, or was created under by it. */
  chartHashAt(instance: string, index: number): string | undefined {
    const migrated = lastBefore(this.#migrations.get(instance), index);
    if (migrated !== undefined) return migrated;
    const id = this.#instances.find(instance);
    const created = id === undefined ? index : (this.#first[id] ?? index);
    const chart = instance.slice(0, instance.indexOf("/"));
    return lastBefore(this.#installations.get(chart), Math.max(created, 1));
  }

  #touches(index: number, instance: number): boolean {
    return (
      this.#instance[index] === instance ||
      this.#parts.get(index)?.some((part) => part.instance === instance) === true
    );
  }

  /** NONE: anything goes; null: nothing can have it. */
  #wanted(names: Names, name: string | undefined): number | null {
    return name === undefined ? NONE : (names.find(name) ?? null);
  }

  #touch(instance: string, index: number): number {
    const id = this.#instances.of(instance);
    const before = this.#last[id];
    this.#last[id] = index;
    if (before === undefined) this.#first[id] = index;
    // The same instance twice in one record has one place before it.
    return before === undefined || before === index ? NONE : before;
  }

  #noteChart({ index, inputs, proposal }: LogRecord, main: string): void {
    if (proposal.transition === "@genesis") {
      const hash = inputs?.["identity_chart"];
      if (typeof hash === "string") mark(this.#installations, "identity", { index, hash });
    }
    const hash = inputs?.["chart_hash"];
    if (typeof hash !== "string") return;
    if (proposal.transition === "@chart")
      mark(this.#installations, main.slice("chart/".length), { index, hash });
    if (proposal.transition === "@migrate") mark(this.#migrations, main, { index, hash });
  }

  #grow(): void {
    this.#leaf = grown(this.#leaf);
    this.#instance = grown(this.#instance);
    this.#transition = grown(this.#transition);
    this.#signer = grown(this.#signer);
    this.#before = grown(this.#before);
  }
}

/** Names by number, in the order in which they came. */
class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.length;
    this.#numbers.set(name, number);
    this.#names.push(name);
    return number;
  }

  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  at(number: number): string {
    return this.#names[number] ?? "";
  }
}

function grown(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}

function prefixOf(leaf: LeafHash): number {
  return Number.parseInt(leaf.slice(0, 8), 16);
}

function mark(marks: Map<string, ChartMark[]>, name: string, one: ChartMark): void {
  const known = marks.get(name);
  if (known === undefined) marks.set(name, [one]);
  else known.push(one);
}

function lastBefore(marks: readonly ChartMark[] | undefined, index: number): string | undefined {
  return marks?.findLast((one) => one.index < index)?.hash;
}
