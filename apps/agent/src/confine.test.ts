import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { makeBeside, type ConfineMode } from "./confine.ts";
import { tryMode } from "./find-confinement.ts";
import { runBounded, type RunLimits, type RunResult } from "./run-bounded.ts";

const LIMITS: RunLimits = { memoryBytes: 536_870_912, outputBytes: 1_048_576, timeoutMs: 60_000 };
/** Below the folder for temporary files everything is hidden anyway; elsewhere only what is named. */
const PACKAGES = fileURLToPath(new URL("../../../node_modules/.cache", import.meta.url));
const isTemporary = PACKAGES.startsWith(`${realpathSync(tmpdir())}/`);
const ELSEWHERE = isTemporary ? join(homedir(), ".cache") : PACKAGES;

const MODES: readonly ConfineMode[] = process.getuid?.() === 0 ? ["root", "user"] : ["user"];
const possible: ConfineMode[] = [];
for (const mode of MODES) if ((await tryMode(mode)) === null) possible.push(mode);

let root = "";
afterEach(() => rmSync(root, { recursive: true, force: true }));

const FILES: Readonly<Record<string, string>> = {
  "beside.txt": "beside",
  "data/keys/agent.pem": "the key",
  "data/journal/1.log": "the log",
  "data/agents/a/content/c/kept.txt": "kept",
  "data/agents/a/scratch/other/theirs.txt": "theirs",
  "data/agents/a/scratch/s/ours.txt": "ours",
  "key.pem": "another key",
};

function make(place: string): void {
  mkdirSync(place, { recursive: true });
  root = mkdtempSync(join(place, "swoosh-confine-"));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function run(mode: ConfineMode, script: string, limits = LIMITS): Promise<RunResult> {
  const folder = join(root, "data/agents/a/scratch/s");
  const beside = `${folder}.beside`;
  await makeBeside(beside);
  try {
    return await runBounded({
      argv: ["sh", "-c", script],
      confined: { mode, beside, hidden: [join(root, "data"), join(root, "key.pem")] },
      folder,
      limits,
      onOutput: () => {},
      signal: new AbortController().signal,
    });
  } finally {
    rmSync(beside, { recursive: true });
  }
}

/** All files below the root with what they hold. */
function contents(): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  return Object.fromEntries(
    files.map(({ name, parentPath }) => {
      const path = join(parentPath, name);
      return [path.slice(root.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

/** Processes that carry the root in their environment. */
function leftOver(): readonly string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      const isOurs = readFileSync(`/proc/${name}/environ`, "latin1").includes(`HOME=${root}`);
      return isOurs && !/\) [ZX]/.test(readFileSync(`/proc/${name}/stat`, "latin1"));
    } catch {
      return false;
    }
  });
}

const WRITES = (outside: readonly string[]): string => `
  try() { (echo x > "$1") 2> /dev/null; }
  for place in ../x ../other/x ../../content/c/kept.txt ../../../../keys/x ../../../../journal/1.log; do try $place; done
  for place in x beside.txt key.pem data/keys/x data/journal/1.log; do try ${root}/$place; done
  for place in ${outside.join(" ")}; do try $place; done
  rm -rf ${root}/beside.txt ${root}/key.pem ${root}/data/keys ../other ../../content 2> /dev/null
  mkdir made; echo made > made/it; echo more >> ours.txt; echo scratch > /tmp/mine; cat /tmp/mine`;

const READS = (): string => `
  ls ..
  cd ${root}; cat key.pem data/*/* data/agents/*/*/*/kept.txt data/agents/*/*/*/theirs.txt 2> /dev/null; cd "$OLDPWD"
  for link in /proc/${process.pid}/root /proc/1/root /proc/self/fd/*; do
    cat $link${root}/key.pem $link${root}/data/keys/agent.pem 2> /dev/null
  done
  free='umount -l ${root}/data; umount -l ${root}/key.pem; mount -o remount,bind,rw / && echo freed'
  sh -c "$free" 2> /dev/null; unshare -Urm sh -c "$free" 2> /dev/null
  cat ${root}/key.pem ${root}/data/keys/agent.pem 2> /dev/null
  cat ${root}/beside.txt; echo; node --version; kill -0 ${process.pid} 2> /dev/null || echo alone`;

const [first] = possible;

describe("a confined run", () => {
  it.each([
    ...possible.map((mode) => ({ mode, place: ELSEWHERE, name: "that is no temporary one" })),
    ...possible.slice(0, 1).map((mode) => ({ mode, place: tmpdir(), name: "for temporary files" })),
  ])(
    "as $mode writes to its checkout and nowhere else, in a folder $name",
    async ({ mode, place }) => {
      make(place);
      const outside = [tmpdir(), "/dev", "/etc", root].map(
        (folder) => `${folder}/swoosh-confine-out`,
      );
      const done = await run(mode, WRITES(outside));
      expect([done.stopped, done.exit, done.output.text()]).toEqual([null, 0, "scratch\n"]);
      expect(outside.filter((path) => existsSync(path))).toEqual([]);
      expect(contents()).toEqual({
        ...FILES,
        "data/agents/a/scratch/s/made/it": "made\n",
        "data/agents/a/scratch/s/ours.txt": "oursmore\n",
      });
    },
  );

  it.each(possible)(
    "as %s reads neither keys, nor the log, nor other checkouts, nor other processes; programs it does",
    async (mode) => {
      make(ELSEWHERE);
      const done = await run(mode, READS());
      expect(done.output.text()).toBe(`s\nbeside\n${process.version}\nalone\n`);
    },
  );

  it.runIf(first)(
    "is stopped with everything that it started, and what outlives it is ended",
    async () => {
      make(ELSEWHERE);
      const mode = first ?? "user";
      const hides = "setsid sh -c \"trap '' TERM; sleep 600; sleep 600\" & sleep 0.1; echo begun;";
      const outlived = await run(mode, `${hides} exit 3`);
      expect([outlived.exit, outlived.stopped, outlived.output.text()]).toEqual([
        3,
        null,
        "begun\n",
      ]);
      expect(leftOver()).toEqual([]);
      const loud = await run(mode, `trap '' TERM; ${hides} yes`, {
        ...LIMITS,
        outputBytes: 100_000,
      });
      expect(loud.stopped).toBe("more than 100000 bytes of output");
      expect(leftOver()).toEqual([]);
      const eats = `${hides} head -c 200000000 /dev/zero | tail`;
      const large = await run(mode, eats, { ...LIMITS, memoryBytes: 60_000_000 });
      expect(large.stopped).toBe("more than 60000000 bytes of memory");
      expect(leftOver()).toEqual([]);
    },
  );

  it.runIf(first)("does not begin where it cannot be confined", async () => {
    make(ELSEWHERE);
    const folder = join(root, "data/agents/a/scratch/s");
    const done = await runBounded({
      argv: ["touch", "begun"],
      confined: { mode: first ?? "user", beside: join(root, "nothing"), hidden: [] },
      folder,
      limits: LIMITS,
      onOutput: () => {},
      signal: new AbortController().signal,
    });
    expect(done.stopped).toMatch(/^it could not be confined: mount: .*nothing/);
    expect(readdirSync(folder)).toEqual(["ours.txt"]);
  });
});
