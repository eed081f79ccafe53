import { readFileSync, readlinkSync } from "node:fs";
import process from "node:process";

/** Enough to tell a process from all others that ever had its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Of the running system; another one after each boot. */
  readonly boot: string;
  /** Where the number means something: containers count for themselves. */
  readonly space: string;
  /** When the process began, in ticks of the system. */
  readonly start: string;
}

export interface Processes {
  readonly own: ProcessIdentity;
  /** Does the very same process still run? False where it cannot be seen from here: terms fence it then. */
  isAlive(other: ProcessIdentity): boolean;
}

/** Fields of `/proc/<pid>/stat` behind the name in brackets (proc(5)): the state is field 3, the start field 22. */
const AT_STATE = 0;
const AT_START = 22 - 3;

interface Seen {
  readonly start: string;
  /** Killed, but its parent has not asked for its end yet. */
  readonly isZombie: boolean;
}

function look(pid: number): Seen | undefined {
  const text = textOf(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (text === "") return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { start: fields[AT_START] ?? "", isZombie: fields[AT_STATE] === "Z" };
}

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return "";
  }
}

/** Where there is no `/proc`, all that can be asked is whether some process has the number. */
function hasNumber(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function createProcesses(): Processes {
  const own: ProcessIdentity = {
    pid: process.pid,
    boot: textOf(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1")),
    space: textOf(() => readlinkSync("/proc/self/ns/pid")),
    start: look(process.pid)?.start ?? "",
  };
  return {
    own,
    isAlive: (other) => {
      if (other.boot !== own.boot || other.space !== own.space) return false;
      if (own.start === "") return hasNumber(other.pid);
      const seen = look(other.pid);
      return seen !== undefined && !seen.isZombie && seen.start === other.start;
    },
  };
}

export const nodeProcesses: Processes = createProcesses();
