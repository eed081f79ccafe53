#!/usr/bin/env node
// Installs the locked packages when they are missing or older than the lockfile; silent when there is nothing to do.
// Several may be started at once (make targets side by side): one installs, the others wait for it and go on.
// Runs before anything is installed, so it is plain JavaScript for Node 20 and uses nothing but Node.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LockHeld, takeLock } from "./install-lock.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const modules = join(root, "node_modules");
const stamp = join(modules, ".swoosh-installed");
// Not in node_modules: npm ci removes that.
const lockFolder = join(root, ".cache", "install");

/** What a shell ends with where there is no such program. */
const NOT_FOUND = 127;
/** How long another installation is waited for: a slow line takes minutes. */
const waitS = Number(process.env.SWOOSH_INSTALL_WAIT_S ?? 600);
if (!(waitS >= 0))
  fail(`SWOOSH_INSTALL_WAIT_S is "${process.env.SWOOSH_INSTALL_WAIT_S}"; give seconds, 600 say`);

// What is installed depends on the lockfile and on the processor (the packaged Node is chosen by it).
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .update(`${process.platform}-${process.arch}`)
  .digest("hex");

if (!isInstalled()) {
  const lock = await takeLock(lockFolder, { waitMs: waitS * 1000, tell: tellOfWait }).catch(
    (error) =>
      error instanceof LockHeld
        ? fail(
            `${error.message}; it installs packages here. Wait until it has finished or end it, then run again; ` +
              `remove ${lockFolder} where no such process runs on any machine or container that shares this folder.`,
          )
        : fail(`${lockFolder} cannot be written: ${error.message}`),
  );
  // Whoever was waited for has installed it, or has failed.
  const failure = isInstalled() ? undefined : await install(lock);
  lock.release();
  if (failure !== undefined) fail(failure);
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

/** What went wrong. @param {{ add: (pid: number) => void }} lock */
async function install(lock) {
  process.stderr.write(
    "Installing the locked packages (npm ci); only after a change of package-lock.json …\n",
  );
  // npm must not run on the packaged Node while it replaces that very Node.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((part) => !part.startsWith(modules));
  // It waits for a word before it becomes npm: until the lock names it, nobody would know of one whose starter was killed.
  const gate = 'read -r go && exec npm "$@"';
  const words = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawn("/bin/sh", ["-c", gate, "sh", ...words], {
    cwd: root,
    stdio: ["pipe", 2, 2],
    env: { ...process.env, PATH: path.join(delimiter) },
  });
  if (npm.pid !== undefined) lock.add(npm.pid);
  npm.stdin.on("error", () => {}).end("go\n");
  const ended = await new Promise((resolve) => npm.once("error", resolve).once("close", resolve));
  if (ended instanceof Error || ended === NOT_FOUND)
    return "npm could not be started. Install npm (Debian: apt-get install npm), then run again.";
  if (ended !== 0)
    return "npm ci failed (its message is above). Check that the npm registry can be reached: npm ping";
  writeFileSync(stamp, wanted);
  return undefined;
}

/** @param {number} pid */
function tellOfWait(pid) {
  process.stderr.write(
    `install: process ${pid} installs the packages here already; waiting until it has finished, ${waitS} s at most …\n`,
  );
}

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`install: ${message}\n`);
  process.exit(3);
}
