import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { nodeProcesses, type ProcessIdentity } from "../journal/processes.ts";
import { MemoryUnavailable } from "./memory-unavailable.ts";

export interface LockOptions {
  /** ms that another process is waited for. */
  readonly waitMs: number;
  /** A lock of this very process is taken over: for the one thread of it that works here, behind one that died. */
  readonly takesOver?: boolean;
}

/** ms between two looks at a lock that somebody has. */
const LOOK_MS = 20;
/** How often a lock that changes under our hands is looked at anew. */
const TRIES_MAX = 8;

/**
 * The right to write to a folder of memories: a file that says who has it.
 *
 * ML1 whoever reads the file finds all of it: it is written under another name and linked to its own, which one of several can.
 * ML2 a lock whose process is gone is no lock. It is moved away, which one of several can, and looked at again: what turns out to
 * be another than was judged is put back.
 *
 * A process of another container counts as gone, since it cannot be seen from here. Two writers lose no memory: what they
 * store has its hash for a name, and `cells.json` only says where memories rest.
 */
export async function takeMemoryLock(file: string, options: LockOptions): Promise<() => void> {
  const own = encode(nodeProcesses.own);
  const until = performance.now() + options.waitMs;
  for (;;) {
    const holder = tryToTake(file, own, options.takesOver === true);
    if (holder === undefined)
      return () => {
        if (textOf(file) === own) rmSync(file, { force: true });
      };
    if (performance.now() >= until)
      throw new MemoryUnavailable(
        `${file} is held by process ${holder}; wait until it has finished`,
      );
    await wait(LOOK_MS);
  }
}

/** Who has it; undefined: we do. */
function tryToTake(file: string, own: string, takesOver: boolean): number | undefined {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (isLinked(file, own)) return undefined;
    const text = textOf(file);
    if (text === undefined) continue;
    const holder = decode(text);
    const isLive =
      text === own ? !takesOver : holder !== undefined && nodeProcesses.isAlive(holder);
    if (isLive) return holder?.pid ?? 0;
    moveAway(file, text);
  }
  return decode(textOf(file) ?? "")?.pid ?? 0;
}

function isLinked(file: string, own: string): boolean {
  const fresh = `${file}.${process.pid}.${threadId}.tmp`;
  writeFileSync(fresh, own, { mode: 0o600 });
  try {
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(fresh, { force: true });
  }
}

function moveAway(file: string, judged: string): void {
  const aside = `${file}.${process.pid}.${threadId}.old`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (textOf(aside) !== judged) {
    try {
      linkSync(aside, file);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
  rmSync(aside, { force: true });
}

function encode({ boot, pid, space, start }: ProcessIdentity): string {
  return `${pid}\n${start}\n${boot}\n${space}\n`;
}

function decode(text: string): ProcessIdentity | undefined {
  const [pid = "", start = "", boot = "", space = ""] = text.split("\n");
  return /^[1-9][0-9]*$/.test(pid) ? { pid: Number(pid), start, boot, space } : undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
