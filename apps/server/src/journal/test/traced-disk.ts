import type { Draw } from "./simulated-disk.ts";

const SECTOR_BYTES = 512;

/** What a process did to the files of one folder, and what it said, in the order in which it did (see `readTrace`). */
export type TracedAct =
  | {
      readonly kind: "open";
      readonly file: number;
      readonly name: string;
      readonly isEmptied: boolean;
    }
  | { readonly kind: "write"; readonly file: number; readonly bytes: Uint8Array }
  /** Of the folder itself where `file` is null; it holds from the `synced` with its number on. */
  | { readonly kind: "sync"; readonly sync: number; readonly file: number | null }
  | { readonly kind: "synced"; readonly sync: number }
  | { readonly kind: "rename"; readonly from: string; readonly to: string }
  | { readonly kind: "unlink"; readonly name: string }
  | { readonly kind: "said"; readonly line: string };

/**
 * What makes a name durable. `in-order`, as ext4 and xfs do it: names go to the file system's own log in the order in which
 * they were given and taken, and every sync that has something to do takes along all of that log. `by-folder`, which is all
 * that POSIX promises: a sync of the folder alone, and of what came after it any part may be there.
 */
export type NameKeeping = "in-order" | "by-folder";

/** Bytes by name. */
export type DiskContents = ReadonlyMap<string, Uint8Array>;

/** A file that is only appended to. */
class TracedFile {
  length = 0;
  durableLength = 0;
  /** A sync of it takes its name along too. */
  isNew = true;
  #bytes = new Uint8Array(0);

  static of(bytes: Uint8Array): TracedFile {
    const file = new TracedFile();
    file.append(bytes);
    file.durableLength = bytes.length;
    file.isNew = false;
    return file;
  }

  append(bytes: Uint8Array): void {
    const end = this.length + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.length);
    this.length = end;
  }

  /** All that was synced, and of the rest everything, nothing, the beginning, or some sectors among zeros. */
  afterLoss(draw: Draw, mayHaveZeros: boolean): Uint8Array {
    const { durableLength, length } = this;
    const how = draw(mayHaveZeros ? 4 : 3);
    if (how === 0 || durableLength === length) return this.#bytes.slice(0, length);
    if (how === 1) return this.#bytes.slice(0, durableLength);
    const end = durableLength + draw(length - durableLength + 1);
    const left = this.#bytes.slice(0, end);
    if (how === 2) return left;
    for (let at = durableLength; at < end;) {
      const next = Math.min(end, at + SECTOR_BYTES - (at % SECTOR_BYTES));
      if (draw(100) < 50) left.fill(0, at, next);
      at = next;
    }
    return left;
  }
}

/** Names that one call gives and takes, all of them or none. */
type Naming = readonly (readonly [name: string, file: TracedFile | undefined])[];

/** A folder on a disk that forgets, as a traced process leaves it; what a loss of power would leave of it can be asked at any time. */
export class TracedDisk {
  readonly #keeping: NameKeeping;
  readonly #names: Map<string, TracedFile>;
  readonly #durableNames: Map<string, TracedFile>;
  #namings: readonly Naming[] = [];
  readonly #open = new Map<number, TracedFile>();
  /** Syncs that have begun: what they make durable is what was there then. */
  readonly #syncs = new Map<number, () => void>();

  constructor(keeping: NameKeeping, before: DiskContents = new Map()) {
    this.#keeping = keeping;
    this.#names = new Map([...before].map(([name, bytes]) => [name, TracedFile.of(bytes)]));
    this.#durableNames = new Map(this.#names);
  }

  do(act: TracedAct): void {
    switch (act.kind) {
      case "open":
        return this.#openFile(act);
      case "write":
        return this.#mustGetOpen(act.file).append(act.bytes);
      case "sync":
        this.#syncs.set(act.sync, this.#syncOf(act.file));
        return undefined;
      case "synced":
        this.#syncs.get(act.sync)?.();
        this.#syncs.delete(act.sync);
        return undefined;
      case "rename":
        return this.#name([
          [act.from, undefined],
          [act.to, this.#names.get(act.from)],
        ]);
      case "unlink":
        return this.#name([[act.name, undefined]]);
      case "said":
        return undefined;
    }
  }

  /** What is on the disk when the power is back. Files with these names may have zeros where their bytes are missing. */
  afterLoss(draw: Draw, zeros = /(?:)/u): DiskContents {
    const names = new Map(this.#durableNames);
    const count = draw(this.#namings.length + 1);
    this.#namings.forEach((naming, at) => {
      const isThere = this.#keeping === "in-order" ? at < count : draw(100) < 50;
      if (isThere) nameIn(names, naming);
    });
    return new Map(
      [...names].map(([name, file]) => [name, file.afterLoss(draw, zeros.test(name))]),
    );
  }

  #openFile({ file, name, isEmptied }: Extract<TracedAct, { kind: "open" }>): void {
    const known = this.#names.get(name);
    if (known !== undefined && (!isEmptied || known.length === 0)) {
      this.#open.set(file, known);
      return;
    }
    // One that is emptied is another file from here on: a loss shows what it was, or what was written since.
    const made = new TracedFile();
    this.#open.set(file, made);
    this.#name([[name, made]]);
  }

  #syncOf(file: number | null): () => void {
    const namings = this.#namings;
    const settleNames = (): void => {
      for (const naming of namings)
        if (this.#namings.includes(naming)) nameIn(this.#durableNames, naming);
      this.#namings = this.#namings.filter((naming) => !namings.includes(naming));
    };
    if (file === null) return settleNames;
    const synced = this.#mustGetOpen(file);
    const { length } = synced;
    return () => {
      const hadWork = synced.isNew || synced.durableLength < length;
      synced.durableLength = Math.max(synced.durableLength, length);
      synced.isNew = false;
      if (hadWork && this.#keeping === "in-order") settleNames();
    };
  }

  #name(naming: Naming): void {
    nameIn(this.#names, naming);
    this.#namings = [...this.#namings, naming];
  }

  #mustGetOpen(file: number): TracedFile {
    const open = this.#open.get(file);
    if (open === undefined) throw new Error(`file ${file} is not open in this trace`);
    return open;
  }
}

function nameIn(names: Map<string, TracedFile>, naming: Naming): void {
  for (const [name, file] of naming) {
    if (file === undefined) names.delete(name);
    else names.set(name, file);
  }
}
