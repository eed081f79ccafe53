import { join } from "node:path";
import { dataFolder } from "../node/data-folder.ts";
import { copySnapshot, manifestName } from "./copy-snapshot.ts";
import { runHook } from "./run-hook.ts";

export interface FollowUpOptions {
  /** Data folder. */
  readonly folder: string;
  /** Folder that snapshots are copied to; undefined: none. */
  readonly copyTo: string | undefined;
  /** Command that is run after that; undefined: none. */
  readonly hook: string | undefined;
  /** ms that each of the two may take. */
  readonly boundMs: number;
  readonly onFailure: (reason: string) => void;
}

/**
 * What happens to a snapshot after it is durable: a copy elsewhere, then a command. U1: nobody waits for it; `begin` returns
 * at once. U2: one at a time; what comes meanwhile waits, and of those the newest alone is served. U3: each part is over
 * after `boundMs`, or, where a call of the system hangs, is not begun a second time. What failed is told, and is done again
 * for the next snapshot.
 */
export class SnapshotFollowUps {
  readonly #options: FollowUpOptions;
  readonly #stopping = new AbortController();
  #next: number | null = null;
  #running: Promise<void> | null = null;
  /** A copy that did not end in time, because some call hangs. */
  #hanging: Promise<void> | null = null;

  constructor(options: FollowUpOptions) {
    this.#options = options;
  }

  /** The snapshot at this index is durable. */
  begin(index: number): void {
    const { copyTo, hook } = this.#options;
    if (this.#stopping.signal.aborted || (copyTo === undefined && hook === undefined)) return;
    this.#next = index;
    this.#running ??= this.#run();
  }

  /** Ends what is under way and begins nothing more. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the server stops"));
    await this.#running;
  }

  /** Resolves when nothing is under way. */
  async whenIdle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Not within the caller's turn.
    await Promise.resolve();
    for (let index = this.#next; index !== null; index = this.#next) {
      this.#next = null;
      if (this.#stopping.signal.aborted) break;
      await this.#copy(index);
      await this.#hook(index);
    }
    this.#running = null;
  }

  async #copy(index: number): Promise<void> {
    const { copyTo: to, folder } = this.#options;
    if (to === undefined) return;
    await this.#bounded(`copying the snapshot at ${index} to ${to}`, async (signal) => {
      if (this.#hanging !== null) throw new Error("the copy before still hangs");
      const copying = copySnapshot({ from: dataFolder(folder).journal, to, index, signal });
      this.#hanging = copying.finally(() => {
        this.#hanging = null;
      });
      this.#hanging.catch(() => {});
      await Promise.race([copying, abortOf(signal)]);
    });
  }

  async #hook(index: number): Promise<void> {
    const { hook: command, folder } = this.#options;
    if (command === undefined) return;
    const env = {
      SWOOSH_SNAPSHOT_DATA: folder,
      SWOOSH_SNAPSHOT_FILE: join(dataFolder(folder).journal, "snapshots", manifestName(index)),
      SWOOSH_SNAPSHOT_INDEX: String(index),
    };
    await this.#bounded(`the snapshot hook at ${index}`, (signal) =>
      runHook({ command, env, signal }),
    );
  }

  /** U3. */
  async #bounded(what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { boundMs, onFailure } = this.#options;
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new Error(`it took longer than ${boundMs} ms and was ended`)),
      boundMs,
    );
    try {
      await work(AbortSignal.any([late.signal, this.#stopping.signal]));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onFailure(`${what} failed: ${reason}; it is tried again after the next snapshot`);
    } finally {
      clearTimeout(timer);
    }
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
