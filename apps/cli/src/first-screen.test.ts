import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const VERIFIER = fileURLToPath(new URL("../../../tools/verify.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-first-"));
const data = join(root, "data");
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

const swoosh = (...argv: readonly string[]) =>
  spawnSync(process.execPath, [SWOOSH, ...argv], { encoding: "utf8" });

interface Up {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

/** Starts the server, and waits for its one line. */
async function up(): Promise<Up> {
  const child = spawn(process.execPath, [SWOOSH, "up", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk) => resolve(String(chunk)));
    void ended.then((code) => reject(new Error(`the server ended with ${code}`)));
  });
  const ready: { ready: boolean; url: string } = JSON.parse(line);
  expect(ready.ready).toBe(true);
  return { url: ready.url, child, ended };
}

const propose = ({ url }: Up, variant: string) =>
  swoosh(
    "propose",
    "flag/dark-mode",
    "Flag_Set",
    "--url",
    url,
    "--key",
    join(data, "keys", "operator.pem"),
    "--inputs",
    JSON.stringify({ reason: "try", variant }),
  );

describe("the first screen of the README", () => {
  it("start, propose, kill -9, start, verify", async () => {
    const first = await up();
    const proposed = propose(first, "on");
    expect([proposed.status, proposed.stderr]).toEqual([0, ""]);
    expect(proposed.stdout).toMatch(/^accepted: Flag_Set of flag\/dark-mode is record \d+\n/);
    first.child.kill("SIGKILL");
    await first.ended;
    // Before anybody starts it again.
    const read = await runSwoosh(["state", "flag/dark-mode", "--data", data]);
    expect([read.code, read.err]).toEqual([0, ""]);
    expect(read.out).toMatch(/^flag\/dark-mode is in /);

    const second = await up();
    expect(propose(second, "off").stdout).toMatch(/^accepted/);
    const refused = propose(second, "");
    expect(refused.status).toBe(1);
    expect(refused.stdout).toMatch(/^refused \(inputs_invalid\)\n {2}inputs\.variant/);
    // Also while the server runs.
    const verified = swoosh("verify", "--data", data, "--signatures");
    expect([verified.status, verified.stderr]).toEqual([0, ""]);
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    const again = swoosh("verify", "--data", data, "--json");
    const report: { ok: boolean; size: number } = JSON.parse(again.stdout);
    expect(report.ok).toBe(true);
    const stranger = spawnSync(process.execPath, [VERIFIER, "--data", data], { encoding: "utf8" });
    expect(stranger.stdout).toMatch(
      new RegExp(`^${report.size} records, ${report.size} signatures: sound`),
    );
  });
});
