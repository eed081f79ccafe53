import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { checkCleanBoot, checkMemory, checkRecovery, type ProgramRules } from "./check-program.ts";
import { runSwoosh } from "../test/run-swoosh.ts";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();
const NODE = `'${process.execPath}'`;

/** A server that counts its starts in `{data}/starts`, a line each; the mode is its defect. */
const SERVER = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
const [port, data, mode] = process.argv.slice(2);
const log = data + "/starts";
mkdirSync(data, { recursive: true });
const before = existsSync(log) ? readFileSync(log, "utf8") : "";
const isSecond = before !== "" || existsSync(data + "/lock");
if (mode === "throws") throw new Error("planted");
if (mode === "ends") process.exit(0);
if (mode === "hangs" || (mode === "hangs-later" && isSecond)) setInterval(() => {}, 1e6);
else {
  if (mode === "untracked") await import("./built.mjs");
  if (mode === "locks") {
    if (isSecond) throw new Error("the lock is held");
    writeFileSync(data + "/lock", "");
  }
  if (mode === "tears" && before !== "" && !before.endsWith("\\n")) throw new Error("torn");
  if (mode === "forgets") rmSync(log, { force: true });
  if (mode !== "buffers") appendFileSync(log, mode === "tears" ? "start" : "start\\n");
  else process.on("exit", () => appendFileSync(log, "start\\n"));
  createServer((_, answer) => {
    answer.statusCode = mode === "fails" ? 500 : 200;
    answer.end(mode === "lacks" || (mode === "lacks-later" && isSecond) ? "no" : '{"ok":true}');
  }).listen(Number(port), "127.0.0.1");
}
`;

const repo = repository();
repo.write("server.mjs", SERVER);
repo.write(".gitignore", ".swoosh/\nnode_modules/\nbuilt.mjs\n");
repo.write("built.mjs", "");
repo.commit("one");

/** What never gets ready is given little time: it is none too few for what must not. */
const rules = (mode: string, withinMs: number, verify: string | null = null): ProgramRules => ({
  command: `exec ${NODE} server.mjs {port} {data} ${mode}`,
  url: "http://127.0.0.1:{port}/",
  withinMs,
  expect: '"ok":true',
  verify,
});
const TWICE = 'test "$(cat {data}/starts)" = "start\nstart"';

describe("clean boot", () => {
  it("raises no alarm on a clean tree", async () => {
    expect(await checkCleanBoot(repo.root, rules("well", 60_000))).toEqual([]);
  });
  it.each<[string, string]>([
    ["a program that throws", "throws"],
    ["one that ends at once", "ends"],
    ["one that never listens", "hangs"],
    ["one that answers with a failure", "fails"],
    ["one that answers something else", "lacks"],
    ["one that needs a file that is not tracked", "untracked"],
  ])("catches: %s", async (_name, mode) => {
    expect(await checkCleanBoot(repo.root, rules(mode, 1_000))).toHaveLength(1);
  });
});

describe("kill and recover", () => {
  it("raises no alarm on a clean tree", async () => {
    expect(await checkRecovery(repo.root, rules("well", 60_000, TWICE))).toEqual([]);
  });
  it.each<[string, string]>([
    ["a program that does not start", "throws"],
    ["one whose lock outlives it", "locks"],
    ["one that keeps what it knows in memory", "buffers"],
    ["one that begins anew", "forgets"],
    ["one that cannot read a torn line", "tears"],
    ["one that hangs over its data", "hangs-later"],
    ["one that comes back as another", "lacks-later"],
  ])("catches: %s", async (_name, mode) => {
    expect(await checkRecovery(repo.root, rules(mode, 1_500, TWICE))).toHaveLength(1);
  });
});

describe("memory budget", () => {
  const MIB = 1_048_576;
  const measure = (command: string, timeoutMs = 60_000) =>
    checkMemory(repo.root, { command, budgetBytes: 110 * MIB, timeoutMs });
  const hold = (mebibytes: number, thenMs: number): string =>
    `${NODE} -e 'let b = Buffer.alloc(${mebibytes} * ${MIB}, 1); setTimeout(() => b, ${thenMs})'`;

  it("raises no alarm on a clean tree", async () => {
    expect(await measure(hold(1, 100))).toEqual([]);
  });
  it.each<[string, string, number?]>([
    ["a command over its budget", hold(100, 100)],
    ["a child over it", `sh -c "${hold(100, 100).replaceAll('"', '\\"')}; true"`],
    ["children that are over it together", `${`${hold(30, 1_500)} & `.repeat(3)} wait`],
    ["a command that fails", `${hold(1, 50)}; exit 3`],
    ["one that does not exist", "no-such-command-here"],
    ["one that does not end", "sleep 60", 200],
    [
      "memory that was given back before the end",
      `${NODE} -e 'let b = Buffer.alloc(100 * ${MIB}, 1); b = null; gc(); setTimeout(() => b, 100)' --expose-gc`,
    ],
  ])("catches: %s", async (_name, command, timeoutMs) => {
    expect(await measure(command, timeoutMs)).toHaveLength(1);
  });
});

describe("a planted defect", () => {
  const workspaces = repository();
  workspaces.write(
    "packages/lib/package.json",
    '{"name":"@own/lib","type":"module","exports":"./i.js"}',
  );
  workspaces.write("packages/lib/i.js", "export const ok = true;\n");
  workspaces.write(
    "packages/app/a.mjs",
    'import { ok } from "@own/lib";\nif (!ok) throw new Error("planted");\n',
  );
  mkdirSync(join(workspaces.root, "node_modules", "@own"), { recursive: true });
  symlinkSync("../../packages/lib", join(workspaces.root, "node_modules", "@own", "lib"));
  workspaces.commit("one");
  const plant = (...argv: readonly string[]) =>
    runSwoosh([
      ...["gates", "plant", "packages/lib/i.js", "--repo", workspaces.root, ...argv],
      ...["--", process.execPath, "packages/app/a.mjs"],
    ]);

  it("in one workspace is seen by another, and the repository keeps none of it", async () => {
    expect((await plant("--append", "// nothing")).code).toBe(0);
    expect((await plant("--replace", "true=>false")).code).toBe(1);
    expect(workspaces.read("packages/lib/i.js")).toBe("export const ok = true;\n");
  });

  it("that fits no more shows nothing", async () => {
    const missed = await plant("--replace", "no such text=>x");
    expect(missed.code).toBe(126);
    expect(missed.err).toContain("nothing was planted");
  });
});
