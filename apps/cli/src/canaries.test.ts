import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

/** Every canary begins so. */
const CANARY = "canary-";
const PASSWORD = `${CANARY}password`;
const root = mkdtempSync(join(tmpdir(), "swoosh-cli-canaries-"));
const settingsFile = join(root, "swoosh.config.yaml");
const from = process.cwd();
beforeAll(() => process.chdir(root));
beforeEach(() => {
  vi.unstubAllEnvs();
  rmSync(settingsFile, { force: true });
});
afterAll(() => {
  process.chdir(from);
  rmSync(root, { recursive: true, force: true });
});

/** Each setting of an address, with a password in it that its form allows, or that no parser takes. */
const ADDRESSES: readonly (readonly [name: string, address: string])[] = [
  ["nats", `nats://user:${PASSWORD}@beats.test:4222`],
  ["nats", `tls://${PASSWORD}@beats.test`],
  ["otlp-url", `https://user:${PASSWORD}@collector.test/v1/traces`],
  ["otlp-url", `https:user:${PASSWORD}@collector.test/v1/traces`],
  ["otlp-url", `http://user:${PASSWORD}@:99999/`],
  ["gitea-url", `https://${PASSWORD}@git.test`],
  ["whoosh-gitea", `https://user:${PASSWORD}@git.test`],
  ["policy-url", `https://user:${PASSWORD}@policy.test`],
  ["bubble-url", `https://user:${PASSWORD}@bubble.test`],
  ["slurp-url", `https://user:${PASSWORD}@slurp.test`],
  ["licence-url", `https://user:${PASSWORD}@licence.test`],
  ["whoosh-origins", `https://a.test,https://user:${PASSWORD}@b.test`],
];
const variableOf = (name: string): string => `SWOOSH_${name.toUpperCase().replaceAll("-", "_")}`;

describe("a password in an address", () => {
  it.each(ADDRESSES)("of %s is refused and not repeated: %s", async (name, address) => {
    vi.stubEnv(variableOf(name), address);
    const byVariable = await runSwoosh(["config"]);
    vi.unstubAllEnvs();
    writeFileSync(settingsFile, `${name}: ${JSON.stringify(address)}\n`);
    const byFile = await runSwoosh(["config", "--json"]);
    for (const { code, err, out } of [byVariable, byFile]) {
      expect([code, out, err.includes(PASSWORD)]).toEqual([2, "", false]);
      expect(err).toContain("holds a password, or a name, before the host");
    }
    expect(byVariable.err).toContain(variableOf(name));
    expect(byFile.err).toContain(`swoosh.config.yaml: ${name}`);
  });

  it("of a server is refused and not repeated", async () => {
    const { code, err, out } = await runSwoosh([
      "state",
      "flag/a",
      "--url",
      `http://u:${PASSWORD}@h`,
    ]);
    expect([code, out, err.includes(PASSWORD)]).toEqual([3, "", false]);
    expect(err).toContain("the address of h has a name or a password");
  });

  it("is none where there is an @ elsewhere", async () => {
    vi.stubEnv("SWOOSH_BUBBLE_URL", "https://bubble.test/@team?to=a@b#c@d");
    vi.stubEnv("SWOOSH_SNAPSHOT_HOOK", "zfs send tank@now | ssh backup@host zfs receive");
    const { code, out } = await runSwoosh(["config"]);
    expect([code, out.includes("https://bubble.test/@team")]).toEqual([0, true]);
  });
});

describe("a canary in what a command reads", () => {
  const file = (name: string, text: string): string => {
    const path = join(root, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const propose = (...more: readonly string[]) => ["propose", "flag/a", "Flag_Set", ...more];
  const COMMANDS: readonly (readonly [
    what: string,
    argv: () => readonly string[],
    code: number,
  ])[] = [
    ["secret settings", () => ["config"], 0],
    ["secret settings as JSON", () => ["config", "--json"], 0],
    ["a key file", () => propose("--key", file("k.pem", `${CANARY}key\n`)), 3],
    [
      "a key file in PEM",
      () =>
        propose(
          "--key",
          file("p.pem", `-----BEGIN PRIVATE KEY-----\n${CANARY}pem\n-----END PRIVATE KEY-----\n`),
        ),
      3,
    ],
    ["inputs that are none", () => propose("--inputs", `{"${CANARY}a":1`), 2],
    ["inputs in a file", () => propose("--inputs", `@${file("i.json", `["${CANARY}b"]`)}`), 2],
    ["inputs twice", () => propose("--inputs", `{"a":"${CANARY}c","a":"${CANARY}c"}`), 2],
  ];

  it.each(COMMANDS)("is not in its output: %s", async (_what, argv, code) => {
    for (const name of ["metrics-token", "otlp-headers", "gitea-token", "whoosh-gitea-secret"])
      vi.stubEnv(variableOf(name), `${CANARY}${name}`);
    const told = await runSwoosh(argv());
    expect([told.code, `${told.out}${told.err}`.match(/.{0,60}canary-.*/gu)]).toEqual([code, null]);
    expect(`${told.out}${told.err}`).not.toBe("");
  });

  it.each([
    ["that ends too early", `metrics-token: "${CANARY}open\n`],
    ["with a secret of another form", `metrics-token: [${CANARY}list]\n`],
    ["with a name that is none", `metrics-tokn: ${CANARY}name\n`],
    ["that is no map", `${CANARY}text\n`],
    ["encrypted by somebody else", `metrics-token: age:${CANARY}age\n`],
  ])("is not in its output: a settings file %s", async (_what, text) => {
    writeFileSync(settingsFile, text);
    const { code, err, out } = await runSwoosh(["config"]);
    expect([code, out, err.match(/.{0,60}canary-.*/gu)]).toEqual([2, "", null]);
    expect(err).toContain("swoosh.config.yaml");
  });
});
