import { cpuTimeMs } from "@swoosh/kernel/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PolicyScanner } from "./policy-scanner.ts";
import { joinScans } from "./policy-scan.ts";
import { saltedHash } from "./salted-hash.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

const scanner = new PolicyScanner(SHIPPED_RULES, saltedHash(new Uint8Array(32)));

/** Samples are put together here, so that no scanner of repositories takes this file for a leak. */
const sample = (...parts: readonly string[]): string => parts.join("");
const RANDOM = "q7Xb2Lr9Tz4Wn8Kc5Vp1Hs6Jd3Fg0Ym";
const PEM_BODY = Array.from({ length: 6 }, () => "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC+/=Q").join("\n");

const SECRETS: readonly (readonly [rule: string, verdict: string, text: string])[] = [
  ["private-key", "deny", sample("-----BEGIN RSA PRIV", "ATE KEY-----\n", PEM_BODY, "\n-----END")],
  [
    "private-key",
    "deny",
    sample("x = '-----BEGIN PRIV", "ATE KEY-----\\n", PEM_BODY.slice(0, 64), "'"),
  ],
  ["age-key", "deny", sample("AGE-SECRET-", "KEY-1", "Q".repeat(58))],
  ["aws-access-key", "deny", sample("id: AK", "IA", "IOSFODNN7EXAMPL2")],
  ["github-token", "deny", sample("gh", "p_", "a1B2".repeat(9))],
  ["github-token", "deny", sample("github_", "pat_", "a1B2".repeat(9))],
  ["gitlab-token", "deny", sample("gl", "pat-", RANDOM)],
  ["slack-token", "deny", sample("xo", "xb-", "123456789012-abcdef")],
  ["npm-token", "deny", sample("np", "m_", "a1B2".repeat(9))],
  ["stripe-key", "deny", sample("sk_", "live_", "a1B2c3D4e5F6g7H8")],
  ["openai-key", "deny", sample("sk", "-proj-", RANDOM, RANDOM.toLowerCase())],
  ["google-api-key", "deny", sample("AI", "za", "a".repeat(35))],
  ["discord-token", "deny", sample("M", RANDOM.slice(0, 23), ".", "aB3_x9", ".", RANDOM)],
  [
    "json-web-token",
    "redact",
    sample("ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxMjM0NTY3.", RANDOM),
  ],
  ["bearer-token", "redact", sample("Authorization: Bea", "rer ", RANDOM)],
  ["url-password", "redact", sample("postgres://app:", "s3cr3t-and-long", "@db/app")],
  ["assigned-secret", "redact", sample("API_", "KEY=", RANDOM)],
  ["assigned-secret", "redact", sample('{"pass', 'word": "', RANDOM, '"}')],
  [
    "high-entropy",
    "redact",
    sample("signing_k", 'ey = "', RANDOM, "aB9", RANDOM.slice(0, 12), '"'),
  ],
];

describe("the scanner", () => {
  it.each(SECRETS)("finds %s and gives verdict %s: never the secret", (rule, verdict, text) => {
    const whole = `first line\nsecond ${text} more\nthird`;
    const scan = scanner.scanText(whole, "inputs.note");
    expect(scan).toMatchObject({ verdict, policyVersion: SHIPPED_RULES.version, count: 1 });
    expect(scan.findings).toEqual([
      {
        rule,
        verdict,
        place: "inputs.note",
        line: 2,
        hash: expect.stringMatching(/^salted-[0-9a-f]{32}$/),
      },
    ]);
    for (const part of text.split(/\s+|\\n/).filter((one) => one.length > 12))
      expect(JSON.stringify(scan)).not.toContain(part);
    const redacted = scanner.redactText(whole, "inputs.note");
    expect(redacted.scan).toEqual(scan);
    expect(redacted.text).toContain(`[redacted ${rule}]`);
    expect(scanner.scanText(redacted.text, "again").verdict).toBe("allow");
  });

  it.each([
    ["words", "the password is asked for; tokens: none; secret = readSecret(name)"],
    ["placeholders", 'API_KEY="your-key-goes-here-1234", token=${TOKEN_FROM_VAULT_12}'], // allow-secret: a placeholder
    [
      "digests",
      `"integrity": "sha512-${"aB3/".repeat(20)}==", key: "${"0123456789abcdef".repeat(4)}"`,
    ],
    ["ids", "token: 123e4567-e89b-12d3-a456-426614174000"], // allow-secret: an id
    ["UCXL addresses", "ucxl://agent:role-of-agent@project:task/*^/"],
    ["a public key", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----"],
    ["code", "const accessKey = keys.filter(({ name }) => name.length > 12)[0];"],
  ])("lets %s pass", (_what, text) => {
    expect(scanner.scanText(text, "p")).toEqual({
      policyVersion: SHIPPED_RULES.version,
      verdict: "allow",
      count: 0,
      findings: [],
    });
  });

  it("records a sample that its author vouches for, and allows it", () => {
    const [, , token] = SECRETS[4] ?? ["", "", ""];
    const marked = scanner.scanText(`a = "${token}" // ${SHIPPED_RULES.sampleMark}`, "p");
    expect(marked).toMatchObject({ verdict: "allow", count: 1, findings: [{ verdict: "allow" }] });
    const other = scanner.scanText(`a = "${token}"\n// ${SHIPPED_RULES.sampleMark}`, "p");
    expect(other.verdict).toBe("deny");
    const file = `{"about": "${SHIPPED_RULES.sampleFileMark}", \n"a": "${token}"}`;
    expect(scanner.scanText(file, "p").verdict).toBe("allow");
    expect(scanner.scanText(`${" ".repeat(1_100)}${file}`, "p").verdict).toBe("deny");
  });

  it("hashes equal secrets alike under one salt, and differently under another", () => {
    const text = SECRETS[4]?.[2] ?? "";
    const other = new PolicyScanner(SHIPPED_RULES, saltedHash(new Uint8Array(32).fill(1)));
    const hash = (one: PolicyScanner, place: string) => one.scanText(text, place).findings[0]?.hash;
    expect(hash(scanner, "a")).toBe(hash(scanner, "b"));
    expect(hash(scanner, "a")).not.toBe(hash(other, "a"));
  });

  it("takes a file of keys for a secret by its name, and text in UTF-16 for text", () => {
    expect(scanner.scanBytes(new Uint8Array(3), "certs/Server.P12")).toMatchObject({
      verdict: "deny",
      findings: [{ rule: "key-file", line: 0 }],
    });
    const utf16 = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`token ${SECRETS[4]?.[2]}`, "utf16le"),
    ]);
    expect(scanner.scanBytes(utf16, "a.txt").verdict).toBe("deny");
  });

  it("looks in binary files for secrets of a certain form, and for no others", () => {
    const binary = (text: string) => Buffer.concat([Buffer.alloc(64), Buffer.from(text)]);
    expect(scanner.scanBytes(binary(SECRETS[0]?.[2] ?? ""), "a.bin").verdict).toBe("deny");
    expect(scanner.scanBytes(binary(`API_KEY=${RANDOM}`), "a.bin").verdict).toBe("allow");
  });

  it("redacts bytes and leaves all others as they are", () => {
    const bytes = Buffer.from(`ä\xff\n${SECRETS[15]?.[2]}\nö`, "utf8");
    const redacted = Buffer.from(scanner.redactBytes(bytes)).toString("utf8");
    expect(redacted).toBe(`ä\xff\npostgres://app:[redacted url-password]@db/app\nö`);
  });
});

describe("a stream", () => {
  const big = `${"filler line without anything\n".repeat(45_000)}${SECRETS[0]?.[2]}\n${"z\n".repeat(300_000)}${SECRETS[4]?.[2]}`;

  it("is searched as the whole file is, however it is cut", async () => {
    const bytes = Buffer.from(big);
    const whole = scanner.scanBytes(bytes, "a.txt");
    expect(whole.count).toBe(2);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: bytes.length }), { maxLength: 6 }),
        async (cuts) => {
          async function* pieces(): AsyncGenerator<Uint8Array> {
            let from = 0;
            for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
              yield bytes.subarray(from, to);
              from = to;
            }
          }
          expect(await scanner.scanStream(pieces(), "a.txt")).toEqual(whole);
        },
      ),
      { numRuns: 4, seed: 7 },
    );
  });

  it("finds a secret that lies across the border of two windows", async () => {
    for (const before of [1_048_570, 1_048_576, 1_048_576 + 16_380]) {
      const bytes = Buffer.from(`${"z".repeat(before - 1)} ${SECRETS[4]?.[2]} end`);
      async function* one(): AsyncGenerator<Uint8Array> {
        yield bytes;
      }
      expect(await scanner.scanStream(one(), "a.txt")).toMatchObject({ count: 1, verdict: "deny" });
    }
  });

  it("joins scans of several texts: the gravest verdict, all counts", () => {
    const parts = [scanner.scanText("a", "a"), scanner.scanText(SECRETS[16]?.[2] ?? "", "b")];
    expect(joinScans(1, parts)).toMatchObject({ verdict: "redact", count: 1 });
    expect(joinScans(1, [])).toMatchObject({ verdict: "allow", count: 0 });
  });
});

describe("no text makes the scanner slow", () => {
  it.each([
    ["dots", "a.".repeat(150_000)],
    ["names of secrets", "password".repeat(40_000)],
    ["slashes", "://".repeat(100_000)],
    ["colons", `://${"a:".repeat(150_000)}`],
    ["heads of web tokens", "eyJ".repeat(100_000)],
    ["heads of web tokens with dashes", "eyJaaaaaaaaaaaa-".repeat(20_000)],
    ["heads of keys", "-----BEGIN PRIVATE KEY-----".repeat(12_000)], // allow-secret
    ["quotes", 'key="'.repeat(60_000)],
  ])("of %s", (_what, text) => {
    expect(cpuTimeMs(() => scanner.scanText(text, "p"))).toBeLessThan(3_000);
  });
});
