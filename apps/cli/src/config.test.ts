import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-config-"));
const from = process.cwd();
beforeAll(() => process.chdir(root));
afterAll(() => {
  process.chdir(from);
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

it("swoosh config says what holds, and who said so: a variable before the file, the file before the default", async () => {
  writeFileSync(join(root, "swoosh.config.yaml"), "name: by-file\nport: 1234\nagents: 2\n");
  vi.stubEnv("SWOOSH_NAME", "by-variable");
  vi.stubEnv("SWOOSH_METRICS_TOKEN", "hidden");
  const { code, out } = await runSwoosh(["config", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    agents: { origin: "file", value: 2, flag: "--agents", variable: "SWOOSH_AGENTS" },
    host: { origin: "default", value: "127.0.0.1" },
    "metrics-token": { origin: "environment", value: "(secret)" },
    name: { origin: "environment", value: "by-variable" },
    port: { origin: "file", value: 1_234 },
  });
  const words = await runSwoosh(["config"]);
  expect(words.out).toMatch(/^name +by-variable +environment +SWOOSH_NAME /mu);
  expect(words.out).toMatch(/^port +1234 +file +SWOOSH_PORT /mu);
  expect(words.out).toMatch(/^host +127\.0\.0\.1 +default +SWOOSH_HOST /mu);
});
