import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "swoosh-make-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("make status, health, logs and stop say what to do where no server runs, and fail", async () => {
  const data = join(folder, "none");
  const targets = ["status", "health", "logs", "stop"];
  const told = await Promise.all(
    targets.map(async (target) => {
      // Without its first step: a test does not replace the packages that it runs on.
      const child = spawn("make", ["-o", "installed", target], {
        cwd: ROOT,
        env: { ...process.env, SWOOSH_DATA: data },
        stdio: ["ignore", "ignore", "pipe"],
      });
      return `${target}: ${await text(child.stderr)}`;
    }),
  );
  for (const [at, target] of targets.entries())
    expect(told[at]).toMatch(
      new RegExp(
        `^${target}: swoosh: no server runs over ${data}; start one.*make start[^]*Error 1`,
        "u",
      ),
    );
});

it("make restart stops the server that runs, if one does, and then starts as make start does", () => {
  const recipe = (target: string): string =>
    spawnSync("make", ["-n", target], { cwd: ROOT, encoding: "utf8" }).stdout;
  const [, start = ""] = /exec (node \S+)\n$/u.exec(recipe("start")) ?? [];
  expect(start).not.toBe("");
  expect(recipe("restart").trimEnd()).toMatch(/swoosh\.mjs stop --if-running && exec node \S+$/u);
  expect(recipe("restart").trimEnd().endsWith(start)).toBe(true);
});
