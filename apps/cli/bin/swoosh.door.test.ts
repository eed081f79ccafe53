import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchNpm, OTHER_NODES } from "../../../tools/test/src/index.ts";

const DOOR = fileURLToPath(new URL("swoosh.mjs", import.meta.url));
const PACKAGED = join("node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");

/** What the door opens to in these tests: says where it runs, then does what its first argument says. */
const PROGRAM = `
export async function main(argv: readonly string[]): Promise<number> {
  const [act = "", ...rest] = argv;
  const alive = setInterval(() => {}, 1_000_000);
  const asked = new Promise<void>((resolve) => process.on("SIGTERM", resolve));
  if (act === "up") {
    const { env, execArgv, pid } = process;
    process.stdout.write(JSON.stringify({ arenas: env["MALLOC_ARENA_MAX"], execArgv, pid, rest }));
    return 0;
  }
  process.stdout.write(JSON.stringify({ node: process.versions.node, rest }) + "\\n");
  if (act === "stdin") for await (const chunk of process.stdin) process.stdout.write(chunk);
  if (act === "wait") await asked;
  clearInterval(alive);
  if (act === "wait") return 9;
  if (act === "die") process.kill(process.pid, "SIGKILL");
  return Number(act) || 0;
}
`;

/** Made before anything can fail: what is removed at the end is this folder and nothing else. */
const workshop = mkdtempSync(join(tmpdir(), "swoosh-door-"));
// Deep enough that the door cannot look out of the folder.
const root = join(workshop, "some", "project");
const door = join(root, "apps", "cli", "bin", "swoosh.mjs");
let older = "";

/** A copy of the door in a folder of its own, with a program behind it and the packaged Node where npm puts it. */
beforeAll(() => {
  older = join(
    fetchNpm(OTHER_NODES["22"][process.arch === "arm64" ? "arm64" : "x64"]),
    "bin",
    "node",
  );
  mkdirSync(dirname(door), { recursive: true });
  mkdirSync(join(root, "apps", "cli", "src"), { recursive: true });
  copyFileSync(DOOR, door);
  writeFileSync(join(root, "apps", "cli", "package.json"), '{ "type": "module" }');
  writeFileSync(join(root, "apps", "cli", "src", "main.ts"), PROGRAM);
}, 120_000);

afterAll(() => rmSync(workshop, { recursive: true, force: true }));

function deliver(node: string): void {
  rmSync(join(root, "node_modules"), { recursive: true, force: true });
  mkdirSync(dirname(join(root, PACKAGED)), { recursive: true });
  symlinkSync(node, join(root, PACKAGED));
}

const run = (node: string, ...argv: readonly string[]) =>
  spawnSync(node, [door, ...argv], { encoding: "utf8", input: "some input" });

describe("the door under an older Node", () => {
  it("runs the same command on the packaged Node, and gives its exit code", () => {
    deliver(process.execPath);
    const ended = run(older, "7", "a b", "--c");
    expect(JSON.parse(ended.stdout)).toEqual({ node: process.versions.node, rest: ["a b", "--c"] });
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 7, stderr: "" });
  });

  it("hands standard input through", () => {
    deliver(process.execPath);
    expect(run(older, "stdin").stdout).toMatch(/some input$/);
  });

  it("forwards SIGTERM and ends with what the program makes of it", async () => {
    deliver(process.execPath);
    const child = spawn(older, [door, "wait"], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.once("data", () => child.kill("SIGTERM"));
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(9);
  });

  it("reports a program that a signal killed as a shell would", () => {
    deliver(process.execPath);
    expect(run(older, "die").status).toBe(128 + 9);
  });

  it("says what is missing and what to do without the packaged Node", () => {
    rmSync(join(root, "node_modules"), { recursive: true, force: true });
    const ended = run(older, "0");
    expect(ended.status).toBe(3);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain("needs Node 24.15 or later, but runs on 22.");
    expect(ended.stderr).toContain("Run npm ci");
  });

  it("does not call itself for ever when the packaged Node is the older one", () => {
    deliver(older);
    const ended = run(older, "0");
    expect(ended.status).toBe(3);
    expect(ended.stderr).toContain("is this very Node");
  });
});

describe("the door under a Node that is new enough", () => {
  beforeAll(() => rmSync(join(root, "node_modules"), { recursive: true, force: true }));

  it("opens at once, without a second process", () => {
    const ended = run(process.execPath, "7", "x");
    expect(JSON.parse(ended.stdout)).toEqual({ node: process.versions.node, rest: ["x"] });
    expect(ended.status).toBe(7);
  });

  it("begins anew as a server that reserves less, as the same process", () => {
    const ended = run(process.execPath, "up", "a b", "--c");
    expect(JSON.parse(ended.stdout)).toEqual({
      arenas: "2",
      execArgv: ["--max-semi-space-size=8"],
      pid: ended.pid,
      rest: ["a b", "--c"],
    });
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("leaves a server as it is where somebody chose the bound themselves", () => {
    const told = (options: { readonly flags?: readonly string[]; readonly env?: object }) => {
      const argv = [...(options.flags ?? []), door, "up"];
      const env = { ...process.env, ...options.env };
      return JSON.parse(spawnSync(process.execPath, argv, { encoding: "utf8", env }).stdout);
    };
    expect(told({ flags: ["--max-semi-space-size=32"] })).toMatchObject({
      execArgv: ["--max-semi-space-size=32"],
    });
    const byEnvironment = told({ env: { NODE_OPTIONS: "--max-semi-space-size=32" } });
    expect(byEnvironment).toMatchObject({ execArgv: [] });
    expect(byEnvironment).not.toHaveProperty("arenas");
    expect(told({ env: { MALLOC_ARENA_MAX: "7" } })).toMatchObject({ arenas: "7" });
  });
});
