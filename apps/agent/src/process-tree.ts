import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

/** Variable that every process of a task inherits: by it those are found that left group and parent. */
export const TASK_MARK = "SWOOSH_TASK_MARK";

/** What a task's processes take now. */
export interface TreeUse {
  readonly pids: readonly number[];
  /** Resident, in sum; memory that processes share counts for each. */
  readonly memoryBytes: number;
}

interface Seen {
  readonly isOurs: boolean;
  readonly start: string;
}

/** Fields of `/proc/<pid>/stat` behind the name in brackets (proc(5)): parent is field 4, group 5, session 6, start 22, rss 24. */
const PARENT = 4 - 3;
const GROUP = 5 - 3;
const SESSION = 6 - 3;
const START = 22 - 3;
const RSS = 24 - 3;
const PAGE_BYTES = 4_096;

/**
 * The processes of one task, wherever they went: its session and group, their children, and whoever carries its mark. Where
 * there is no `/proc` only the group is known, and its memory is not.
 */
export class ProcessTree {
  readonly #leader: number;
  readonly #mark: string;
  /** By pid: environments are read once for each process. */
  readonly #seen = new Map<number, Seen>();

  constructor(leader: number, mark: string) {
    this.#leader = leader;
    this.#mark = mark;
  }

  use(): TreeUse {
    const ours = new Set<number>();
    let memoryBytes = 0;
    for (const pid of pidsOf()) {
      const fields = fieldsOf(pid);
      if (fields === undefined || fields[0] === "Z") continue;
      const belongs =
        Number(fields[SESSION]) === this.#leader ||
        Number(fields[GROUP]) === this.#leader ||
        ours.has(Number(fields[PARENT])) ||
        this.#isMarked(pid, fields[START] ?? "");
      if (!belongs) continue;
      ours.add(pid);
      memoryBytes += Number(fields[RSS]) * PAGE_BYTES;
    }
    return { pids: [...ours], memoryBytes };
  }

  /** Ends all of them; again and again, for who forks while it is killed. */
  kill(signal: NodeJS.Signals): void {
    tryKill(-this.#leader, signal);
    if (signal !== "SIGKILL") return;
    for (let round = 0; round < 8; round += 1) {
      const { pids } = this.use();
      if (pids.length === 0) return;
      // Stopped first: what stands still forks no more.
      for (const pid of pids) tryKill(pid, "SIGSTOP");
      for (const pid of pids) tryKill(pid, "SIGKILL");
    }
  }

  #isMarked(pid: number, start: string): boolean {
    const seen = this.#seen.get(pid);
    if (seen?.start === start) return seen.isOurs;
    const isOurs = textOf(`/proc/${pid}/environ`).includes(`${TASK_MARK}=${this.#mark}`);
    this.#seen.set(pid, { isOurs, start });
    return isOurs;
  }
}

function pidsOf(): readonly number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
      .toSorted((one, other) => one - other);
  } catch {
    return [];
  }
}

function fieldsOf(pid: number): readonly string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text === "" ? undefined : text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Nobody of it is left.
  }
}
