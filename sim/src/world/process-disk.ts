import { fault, type Disk, type SimulatedDisk } from "@swoosh/server/journal-testing";

/** Calls that a fault may meet. */
export type DiskCall =
  | "flush"
  | "link"
  | "open"
  | "read"
  | "remove"
  | "rename"
  | "sync"
  | "syncFolder"
  | "write";

export type DiskFault = "kill" | "EIO" | "ENOSPC" | "short";

/** What is to happen at one of the next calls of this kind. */
export interface PlannedFault {
  readonly call: DiskCall;
  readonly fault: DiskFault;
  /** Calls of this kind that pass before it. */
  readonly after: number;
}

/**
 * The disk as one process sees it. A process that was killed, or paused for good, changes nothing any more. A call at which
 * it is killed may have done half of its work.
 */
export class ProcessDisk implements Disk {
  isDead = false;
  /** Told when a planned fault happens. */
  onFault: (fault: PlannedFault) => void = () => {};
  readonly #inner: Disk;
  readonly #disk: SimulatedDisk;
  /** Of calls that take their time, while the process is stopped. */
  #waiting: (() => void)[] | null = null;
  #planned: { readonly fault: PlannedFault; left: number }[] = [];

  /** `inner` is the disk itself, or what a planted bug puts before it. */
  constructor(disk: SimulatedDisk, inner: Disk = disk) {
    this.#disk = disk;
    this.#inner = inner;
  }

  plan(fault: PlannedFault): void {
    this.#planned.push({ fault, left: fault.after });
  }

  /** Nothing more is planned. */
  calm(): void {
    this.#planned = [];
  }

  /** A process that is stopped does nothing; what it asked for before may be done. */
  pause(isPaused: boolean): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = isPaused ? waiting : null;
    if (!isPaused) for (const goOn of waiting) goOn();
  }

  open(path: string, how: "read" | "update" | "create"): number {
    this.#meet("open");
    return this.#inner.open(path, how);
  }

  close(file: number): void {
    this.#mustLive();
    this.#inner.close(file);
  }

  size(file: number): number {
    this.#mustLive();
    return this.#inner.size(file);
  }

  links(file: number): number {
    this.#mustLive();
    return this.#inner.links(file);
  }

  read(file: number, into: Uint8Array, offset: number): number {
    const isShort = this.#meet("read") === "short" && into.length > 1;
    return this.#inner.read(file, isShort ? into.subarray(0, into.length >> 1) : into, offset);
  }

  write(file: number, bytes: Uint8Array, offset: number): number {
    const half = bytes.subarray(0, bytes.length >> 1);
    const writeHalf = (): void => {
      if (half.length > 0) this.#inner.write(file, half, offset);
    };
    const isShort = this.#meet("write", writeHalf) === "short" && half.length > 0;
    return this.#inner.write(file, isShort ? half : bytes, offset);
  }

  sync(file: number): void {
    this.#meet("sync", () => this.#disk.failSync(file));
    this.#inner.sync(file);
  }

  async flush(file: number): Promise<void> {
    this.#meet("flush", () => this.#disk.failSync(file));
    await this.#inner.flush(file);
    const waiting = this.#waiting;
    if (waiting !== null) await new Promise<void>((goOn) => waiting.push(goOn));
    this.#mustLive();
  }

  rename(from: string, to: string): void {
    this.#meet("rename");
    this.#inner.rename(from, to);
  }

  link(from: string, to: string): void {
    this.#meet("link");
    this.#inner.link(from, to);
  }

  remove(path: string): void {
    this.#meet("remove");
    this.#inner.remove(path);
  }

  list(folder: string): readonly string[] {
    this.#mustLive();
    return this.#inner.list(folder);
  }

  makeFolder(path: string): void {
    this.#mustLive();
    this.#inner.makeFolder(path);
  }

  syncFolder(path: string): void {
    this.#meet("syncFolder");
    this.#inner.syncFolder(path);
  }

  /** Throws where the call fails; `half` is what is done of it nevertheless. */
  #meet(call: DiskCall, half = () => {}): DiskFault | undefined {
    this.#mustLive();
    const planned = this.#planned.find(({ fault }) => fault.call === call);
    if (planned === undefined) return undefined;
    planned.left -= 1;
    if (planned.left >= 0) return undefined;
    this.#planned.splice(this.#planned.indexOf(planned), 1);
    const { fault: kind } = planned.fault;
    this.onFault(planned.fault);
    if (kind === "short") return kind;
    if (kind !== "kill") {
      if (call === "write" || kind === "EIO") half();
      throw fault(kind);
    }
    if (call === "write") half();
    this.isDead = true;
    throw fault("EBADF");
  }

  #mustLive(): void {
    if (this.isDead) throw fault("EBADF");
  }
}
