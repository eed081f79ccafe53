#!/usr/bin/env node
// The door of the command line. Our sources are TypeScript that Node runs as it is, which an older Node cannot even
// parse: so this file is plain JavaScript, and looks at the version before it imports anything of ours.
import process from "node:process";

const WANTED = [24, 15];
/** ms that what holds the process has after its command has ended. */
const LEFT_MS = 1_000;
/** From `project/node_modules/@swoosh/cli/bin` to `project`. */
const LEVELS_MAX = 5;

/**
 * A server lives long, and what V8 and the C library reserve without need they never give back. Both read how much that may be
 * before any code of ours runs: MiB of each half of the young generation, arenas of malloc, and free bytes at an arena's end.
 */
const SERVER_FLAG = "--max-semi-space-size";
const SERVER_FLAGS = [`${SERVER_FLAG}=8`];
const SERVER_ENV = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1])) {
  beginAnewAsServer();
  await keepCompiledCode();
  const { main } = await import("../src/main.ts");
  process.exitCode = await main(process.argv.slice(2));
  // All is said and done. What is still under way, such as sources that are fetched while a server stops, has a moment and no more.
  setTimeout(() => process.exit(), LEFT_MS).unref();
} else {
  await runOnPackagedNode();
}

/**
 * What Node makes of our sources (types stripped, code compiled) is kept beside the installed packages, so that the next
 * command starts in half the time. Not in a folder that other users of the machine may write to; where none can be
 * written, Node goes without. NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
async function keepCompiledCode() {
  const { enableCompileCache } = await import("node:module");
  const { existsSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const packages = fileURLToPath(new URL("../../../node_modules", import.meta.url));
  if (existsSync(packages)) enableCompileCache(`${packages}/.cache/swoosh`);
}

/**
 * `swoosh up` replaces its own process by one that reserves less; the same process to everybody else. Where somebody chose the
 * flag themselves, talks to us over a channel of Node's, or the system has no such call, it goes on as it is.
 */
function beginAnewAsServer() {
  const given = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""];
  const isChosen = given.some((flag) => flag.includes(SERVER_FLAG));
  if (process.argv[2] !== "up" || isChosen || process.channel !== undefined) return;
  try {
    const argv = [process.execPath, ...process.execArgv, ...SERVER_FLAGS, ...process.argv.slice(1)];
    process.execve?.(process.execPath, argv, { ...SERVER_ENV, ...process.env });
  } catch {
    // It only holds more memory so.
  }
}

/** Runs this very command again on the Node that npm delivered, as if it had been started by it. */
async function runOnPackagedNode() {
  const { realpathSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const here = fileURLToPath(import.meta.url);
  const node = await findPackagedNode(here);
  if (node === undefined) {
    sayWhatIsMissing("was not found");
  } else if (realpathSync(node) === realpathSync(process.execPath)) {
    sayWhatIsMissing(`is this very Node, at ${node}`);
  } else {
    await become(node, [...process.execArgv, here, ...process.argv.slice(2)]);
  }
}

/**
 * Node 20 cannot replace its own process, so the new one is a child with the same terminal, and its end is our end.
 * @param {string} node
 * @param {string[]} argv
 */
async function become(node, argv) {
  const { spawn } = await import("node:child_process");
  const { constants } = await import("node:os");
  const child = spawn(node, argv, { stdio: "inherit" });
  // A terminal sends Ctrl-C to the child as well; a second one from us would read as "now, at once".
  const onTerminal = process.stdin.isTTY === true || process.stderr.isTTY === true;
  for (const signal of ["SIGINT", "SIGQUIT"]) {
    process.on(signal, () => onTerminal || child.kill(signal));
  }
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`swoosh: cannot start ${node}: ${error.message}. Run npm ci again.\n`);
    process.exit(3);
  });
  // A child that died of a signal gives what a shell would report for it.
  child.on("exit", (code, signal) => {
    process.exit(signal === null ? (code ?? 3) : 128 + (constants.signals[signal] ?? 0));
  });
}

/**
 * `node_modules/node-linux-<arch>/bin/node` in the nearest folder upwards: npm may have hoisted it, in this repository
 * or in one that installs us. It looks no further than npm would put it, so no stranger's folder can lend us a program.
 * @param {string} from
 */
async function findPackagedNode(from) {
  const { existsSync } = await import("node:fs");
  const { dirname, join } = await import("node:path");
  const delivered = `node-${process.platform}-${process.arch}`;
  let folder = from;
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    folder = dirname(folder);
    const node = join(folder, "node_modules", delivered, "bin", "node");
    if (existsSync(node)) return node;
  }
  return undefined;
}

/** @param {string} finding */
function sayWhatIsMissing(finding) {
  const wanted = WANTED.join(".");
  const delivered = `node-${process.platform}-${process.arch}`;
  process.stderr.write(
    `swoosh: needs Node ${wanted} or later, but runs on ${process.versions.node} (${process.execPath}), ` +
      `and the packaged Node (npm package ${delivered}) ${finding}.\n` +
      `Run npm ci in the repository, without --omit=optional, or install Node ${wanted} or later.\n`,
  );
  process.exitCode = 3;
}
