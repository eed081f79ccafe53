import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { CapturedConsole } from "./test/captured-console.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-cli-secrets-"));
const from = process.cwd();
const identityFile = join(root, "identity.txt");
let recipient: string;
beforeAll(async () => {
  const identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  writeFileSync(identityFile, `${identity}\n`);
  process.chdir(root);
});
afterAll(() => {
  process.chdir(from);
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

it("keys of a folder are encrypted, and are of no use without the identity", async () => {
  const data = join(root, "data");
  const init = ["init", "--data", data, "--age-recipient", recipient];
  const early = await runSwoosh(init);
  expect([early.code, early.err]).toEqual([3, expect.stringContaining("set SWOOSH_AGE_IDENTITY")]);
  vi.stubEnv("SWOOSH_AGE_IDENTITY", identityFile);
  expect((await runSwoosh(init)).code).toBe(0);
  for (const name of ["node.pem", "operator.pem"])
    expect(readFileSync(join(data, "keys", name), "utf8")).toMatch(
      /^-----BEGIN AGE ENCRYPTED FILE-----/u,
    );
  const inputs = JSON.stringify({ reason: "try", variant: "on" });
  const propose = ["propose", "flag/a", "Flag_Set", "--inputs", inputs, "--data", data];
  expect((await runSwoosh(propose)).code).toBe(0);
  vi.stubEnv("SWOOSH_AGE_IDENTITY", "");
  const locked = await runSwoosh(propose);
  expect([locked.code, locked.err]).toEqual([
    3,
    expect.stringContaining("it is encrypted with age"),
  ]);
});

it("a value goes encrypted into the settings, is masked in print, and is edited in the open", async () => {
  vi.stubEnv("SWOOSH_AGE_IDENTITY", identityFile);
  const path = join(root, "swoosh.config.yaml");
  writeFileSync(path, "# ours\nport: 0 # any\n", { mode: 0o640 });
  chmodSync(path, 0o640);
  const encrypt = (name: string, stdin: readonly string[], isTerminal = false) =>
    runSwoosh(["config", "encrypt", name], new CapturedConsole({ stdin, isTerminal }));
  expect((await encrypt("metrics-token", ["canary-7"])).code).toBe(0);
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(/^# ours\nport: 0 # any\nmetrics-token: age:[A-Za-z0-9+/=]+\n$/u);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect((await encrypt("nothing", ["x"])).code).toBe(2);
  expect((await encrypt("port", [])).code).toBe(2);
  expect((await encrypt("port", ["1"], true)).code).toBe(2);

  for (const argv of [["config"], ["config", "--json"]]) {
    const shown = await runSwoosh(argv);
    expect([shown.code, shown.out.includes("(secret)"), shown.out.includes("canary")]).toEqual([
      0,
      true,
      false,
    ]);
  }

  const editor = join(root, "editor.sh");
  const seen = join(root, "seen.txt");
  writeFileSync(editor, `#!/bin/sh\ncp "$1" ${seen}\necho 'name: "age-plain:canary-8"' >> "$1"\n`, {
    mode: 0o700,
  });
  vi.stubEnv("VISUAL", editor);
  expect((await runSwoosh(["config", "edit"])).code).toBe(0);
  expect(readFileSync(seen, "utf8")).toContain("metrics-token: age-plain:canary-7\n");
  const after = readFileSync(path, "utf8");
  expect(after.startsWith(text)).toBe(true);
  expect(after.slice(text.length)).toMatch(/^name: "?age:[A-Za-z0-9+/=]+"?\n$/u);
  expect(after).not.toContain("canary");
  vi.stubEnv("VISUAL", "false");
  expect((await runSwoosh(["config", "edit"])).code).toBe(1);
  expect(readFileSync(path, "utf8")).toBe(after);
  rmSync(path);
});
