#!/usr/bin/env node
// Installs the locked packages when they are missing or older than the lockfile; silent when there is nothing to do.
// Runs before anything is installed, so it is plain JavaScript for Node 20 and uses nothing but Node.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const modules = join(root, "node_modules");
const stamp = join(modules, ".swoosh-installed");

// What is installed depends on the lockfile and on the processor (the packaged Node is chosen by it).
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .update(`${process.platform}-${process.arch}`)
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  process.stderr.write(
    "Installing the locked packages (npm ci); only after a change of package-lock.json …\n",
  );
  // npm must not run on the packaged Node while it replaces that very Node.
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((part) => !part.startsWith(modules));
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, PATH: path.join(delimiter) },
  });
  if (npm.error !== undefined) {
    fail(
      `npm could not be started: ${npm.error.message}. Install npm (Debian: apt-get install npm), then run again.`,
    );
  }
  if (npm.status !== 0) {
    fail(
      "npm ci failed (its message is above). Check that the npm registry can be reached: npm ping",
    );
  }
  writeFileSync(stamp, wanted);
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`install: ${message}\n`);
  process.exit(3);
}
