// The right to install into this folder, held by one process at a time. Plain JavaScript for Node 20, nothing but Node.
//
// I1 The newest file `<number>` in the folder of the lock says who has it, one process a line; to take it is to make the file
//    of the next number, whole under another name and linked to its own, which one of several callers can do. The newest
//    file stays for ever (empty: nobody has it), so a number is never given twice, however late somebody comes.
// I2 It is held while one of those processes lives: a kill leaves nothing to tidy up, and npm, which may outlive the
//    process that started it, keeps it held. A number that another process has by now is told by when that one began.
// I3 A process of another container cannot be seen from here; it is believed to live, and waited for.
import { randomUUID } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** ms between two looks at a lock that somebody has. */
const LOOK_MS = 100;

/** Who holds a lock for longer than one is ready to wait. */
export class LockHeld extends Error {}

/**
 * Waits until nobody has the lock. `tell` is called once where there is somebody to wait for.
 *
 * @param {string} folder where its files are
 * @param {{ waitMs: number, tell: (pid: number) => void }} options
 * @returns {Promise<{ add: (pid: number) => void, release: () => void }>} `add`: this process has it as well
 */
export async function takeLock(folder, { waitMs, tell }) {
  mkdirSync(folder, { recursive: true });
  const until = performance.now() + waitMs;
  for (let looks = 0; ; looks += 1) {
    const newest = numbersIn(folder).at(-1) ?? 0;
    const file = join(folder, String(newest));
    const holder = linesOf(file).find(lives);
    if (holder === undefined) {
      const own = link(folder, newest + 1);
      if (own !== undefined) return own;
      continue;
    }
    const pid = Number(holder.split(" ")[0]);
    if (looks === 0) tell(pid);
    if (performance.now() >= until)
      throw new LockHeld(`process ${pid} holds ${file} for longer than ${waitMs / 1000} s`);
    await sleep(LOOK_MS);
  }
}

/** @param {string} folder @param {number} number */
function link(folder, number) {
  const file = join(folder, String(number));
  const fresh = join(folder, `${randomUUID()}.tmp`);
  const lines = [identityOf(process.pid)];
  writeFileSync(fresh, lines.join("\n"));
  try {
    linkSync(fresh, file);
  } catch (error) {
    if (error.code === "EEXIST") return undefined;
    throw error;
  } finally {
    rmSync(fresh);
  }
  if (numbersIn(folder).at(-1) !== number) {
    // This number was taken, given back and removed while we looked elsewhere.
    rmSync(file);
    return undefined;
  }
  for (const former of numbersIn(folder))
    if (former < number) rmSync(join(folder, String(former)), { force: true });
  return {
    add: (/** @type {number} */ pid) => {
      lines.push(identityOf(pid));
      writeFileSync(fresh, lines.join("\n"));
      renameSync(fresh, file);
    },
    release: () => writeFileSync(file, ""),
  };
}

/** @param {string} folder */
function numbersIn(folder) {
  return readdirSync(folder)
    .filter((name) => /^[1-9][0-9]*$/u.test(name))
    .map(Number)
    .sort((left, right) => left - right);
}

/** @param {string} file */
function linesOf(file) {
  return textOf(() => readFileSync(file, "utf8"))
    .split("\n")
    .filter((line) => line !== "");
}

/** A process as a line: its number, when it began, since which boot, and where the number means something. @param {number} pid */
function identityOf(pid) {
  const boot = textOf(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"));
  const space = textOf(() => readlinkSync("/proc/self/ns/pid"));
  return [pid, statOf(pid).start, boot, space].join(" ");
}

/** @param {string} line */
function lives(line) {
  const [pid = "", start = "", boot = "", space = ""] = line.split(" ");
  const [, , ownBoot = "", ownSpace = ""] = identityOf(process.pid).split(" ");
  if (boot !== ownBoot) return false;
  if (space !== ownSpace) return true;
  const seen = statOf(Number(pid));
  if (ownSpace !== "") return seen.start !== "" && seen.start === start && !seen.isZombie;
  try {
    // Without /proc all that can be asked is whether some process has the number.
    return process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Fields of `/proc/<pid>/stat` behind the name in brackets (proc(5)): the state is field 3, the start field 22. @param {number} pid */
function statOf(pid) {
  const text = textOf(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { start: fields[22 - 3] ?? "", isZombie: fields[0] === "Z" };
}

/** @param {() => string} read */
function textOf(read) {
  try {
    return read().trim();
  } catch {
    return "";
  }
}
