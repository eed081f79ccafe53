import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";

/**
 * Process groups that a run has started, each noted in a file: a runner that was killed cannot stop them, so the next one does.
 * A number is only trusted together with the start time that the kernel keeps for it. Where the first process of a group has ended, the
 * kernel keeps the number for those that live on, and these must be of this repository.
 */
export class RunningGroups {
  readonly #folder: string;
  readonly #own = new Set<number>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  add(group: number): void {
    this.#own.add(group);
    try {
      writeFileSync(join(this.#folder, String(group)), startOf(group) ?? "");
    } catch {
      // A full disk must not keep a check from running; the note is only for the case that we are killed.
    }
  }

  remove(group: number): void {
    this.#own.delete(group);
    rmSync(join(this.#folder, String(group)), { force: true });
  }

  #isOurs(group: number, noted: string): boolean {
    const leader = startOf(group);
    if (leader !== undefined) return leader === noted;
    const mark = `SWOOSH_ROOT=${resolve(this.#folder, "..", "..", "..")}\0`;
    return membersOf(group).some(
      (pid) => Number(startOf(pid)) >= Number(noted) && environmentOf(pid).includes(mark),
    );
  }

  /** Stops what a killed runner left behind. Gives how many groups that were. */
  sweep(): number {
    let stopped = 0;
    for (const name of readdirSync(this.#folder)) {
      const group = Number(name);
      if (!Number.isInteger(group) || group <= 1 || this.#own.has(group)) continue;
      const path = join(this.#folder, name);
      const noted = readFileSync(path, "utf8");
      if (noted !== "" && this.#isOurs(group, noted)) {
        stopped += 1;
        try {
          process.kill(-group, "SIGKILL");
        } catch {
          // It ended by itself.
        }
      }
      rmSync(path, { force: true });
    }
    return stopped;
  }
}

/** Clock ticks after boot at which a process began (field 22 of its stat); undefined where there is no such process. */
function startOf(pid: number): string | undefined {
  return statOf(pid)[19];
}

/** Processes of a group (field 5 of their stat). */
function membersOf(group: number): readonly number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && statOf(pid)[2] === String(group));
  } catch {
    return [];
  }
}

/** Fields of a process's stat from the third on; none where there is no such process. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** What a process was started with, each ended by NUL; "" where that is not ours to read. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}
