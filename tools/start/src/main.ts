import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * What `make start` shows: a server over `.swoosh` (or SWOOSH_DATA), three agents, and this very repository driven through the project
 * chart, by the command line that users have. It stays until Ctrl-C; with SWOOSH_START_ONCE=1 it ends with the project.
 */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const once = process.env["SWOOSH_START_ONCE"] === "1" ? ["--once"] : [];

const child = spawn(
  process.execPath,
  ["apps/cli/bin/swoosh.mjs", "up", "--demo", ".", ...once, ...process.argv.slice(2)],
  { cwd: ROOT, stdio: "inherit" },
);
// A terminal's Ctrl-C reaches the child by itself: it stops, and its end is ours.
const onTerminal = process.stdin.isTTY === true;
process.on("SIGINT", () => onTerminal || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`swoosh cannot be started: ${error.message}\n`);
  process.exit(3);
});
child.on("exit", (code, signal) => {
  process.exit(signal === null ? (code ?? 3) : 128 + constants.signals[signal]);
});
