import { readFileSync } from "node:fs";

const NS_PER_MS = 1_000_000;

/**
 * How long processes were ready to run and had no processor: what a loaded machine takes from a program's own time. By the kernel's
 * count for the main thread of each, the second field of `/proc/<pid>/schedstat`.
 */
export class ProcessorWait {
  #known = new Map<number, number>();
  #ms = 0;

  /** ms in sum of all looks so far; a process counts from the look at which it was first seen. */
  look(pids: readonly number[]): number {
    const now = new Map(pids.map((pid) => [pid, waitedNs(pid)]));
    for (const [pid, ns] of now)
      this.#ms += Math.max(0, ns - (this.#known.get(pid) ?? ns)) / NS_PER_MS;
    this.#known = now;
    return this.#ms;
  }
}

function waitedNs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[1] ?? 0);
  } catch {
    // It ended meanwhile.
    return 0;
  }
}
