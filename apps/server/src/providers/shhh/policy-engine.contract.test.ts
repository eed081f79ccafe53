import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGINE_RULE, HttpPolicyEngine } from "./http-policy-engine.ts";
import {
  JUDGED_BYTES_MAX,
  judgeAll,
  PolicyAway,
  ScannerEngine,
  type PolicyEngine,
} from "./policy-engine.ts";
import { PolicyScanner } from "./policy-scanner.ts";
import { saltedHash } from "./salted-hash.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";
import { FakeShhh } from "./test/fake-shhh.ts";

/** Put together here, so that no file holds them. */
const DENIED = ["AK", "IA", "Q7RSTUV2WXYZ3ABC"].join("");
const TOKEN = ["gh", "p_", "a1B2".repeat(9)].join("");
const scanner = new PolicyScanner(SHIPPED_RULES, saltedHash(new Uint8Array(32).fill(1)));
const hash = saltedHash(new Uint8Array(32));
const admit = async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} });
const shhh = new FakeShhh(scanner);
beforeAll(() => shhh.serve());
afterAll(() => shhh.close());

const ENGINES: readonly (readonly [name: string, make: () => PolicyEngine])[] = [
  ["built in", () => new ScannerEngine(scanner)],
  ["over HTTP", () => new HttpPolicyEngine({ admit, hash, url: shhh.url })],
];

describe.each(ENGINES)("a policy engine %s", (_name, make) => {
  it("allows what holds nothing, also no bytes at all, and says under which policy", async () => {
    for (const text of ["", "nothing here\n", "\0\u0001\u0002"])
      expect(await make().judge(Buffer.from(text), "a.txt")).toEqual({
        policyVersion: SHIPPED_RULES.version,
        verdict: "allow",
        count: 0,
        findings: [],
      });
  });

  it("denies a secret with rule, place and line, and without the secret; equal ones have equal hashes", async () => {
    const text = `one\ntwo ${DENIED}\nthree ${TOKEN}\nfour ${DENIED}\n`;
    const scan = await make().judge(Buffer.from(text), "ü/näme %.txt");
    expect(scan).toMatchObject({ verdict: "deny", count: 3 });
    expect(scan.findings.map(({ line }) => line)).toEqual([2, 3, 4]);
    const [first, other, again] = scan.findings;
    expect(first).toEqual({
      rule: expect.stringMatching(/aws-access-key$/),
      verdict: "deny",
      place: "ü/näme %.txt",
      line: 2,
      hash: expect.stringMatching(/^salted-[0-9a-f]{32}$/),
    });
    expect(again?.hash).toBe(first?.hash);
    expect(other?.hash).not.toBe(first?.hash);
    expect(JSON.stringify(scan)).not.toContain(DENIED);
  });

  it("sees a secret wherever a long file is cut, once, with its line", async () => {
    const line = `${"x".repeat(1_023)}\n`;
    const at = JUDGED_BYTES_MAX - 10;
    const head = line.repeat(Math.ceil(at / line.length)).slice(0, at - 1);
    const long = Buffer.from(`${head}\n${DENIED}\n${line.repeat(20)}`);
    const chunks = [long.subarray(0, 700_000), long.subarray(700_000)];
    const scan = await judgeAll(make(), chunks, "long.txt");
    expect(scan).toMatchObject({ verdict: "deny", count: 1 });
    expect(scan.findings[0]?.line).toBe(head.split("\n").length + 1);
  });
});

describe("SHHH over HTTP", () => {
  const engine = (): HttpPolicyEngine => new HttpPolicyEngine({ admit, hash, url: shhh.url });
  const answer = (body: unknown, status = 200): void => {
    shhh.instead = { status, body: typeof body === "string" ? body : JSON.stringify(body) };
  };
  const judged = () => engine().judge(Buffer.from("x"), "a");
  const whole = { policy_version: 7, verdict: "allow", findings: [] };
  const finding = { rule: "card-number", verdict: "redact", line: 3, hash: "h" };

  it("names its rules with its version; what it wants redacted, and a no without a reason, is denied", async () => {
    answer({ ...whole, findings: [finding] });
    expect(await judged()).toMatchObject({
      verdict: "deny",
      findings: [{ rule: `${ENGINE_RULE}7/card-number`, verdict: "deny", line: 3 }],
    });
    answer({ ...whole, verdict: "deny" });
    expect(await judged()).toMatchObject({
      verdict: "deny",
      count: 1,
      findings: [{ rule: `${ENGINE_RULE}7/verdict` }],
    });
    answer({ ...whole, findings: [{ ...finding, verdict: "allow" }] });
    expect(await judged()).toMatchObject({ verdict: "allow", count: 1 });
  });

  it.each<readonly [what: string, body: unknown, status: number]>([
    ["another status", whole, 500],
    ["a redirect", "", 302],
    ["no JSON", "<html>", 200],
    ["no object", "7", 200],
    ["no version", { ...whole, policy_version: undefined }, 200],
    ["no verdict", { ...whole, verdict: "perhaps" }, 200],
    ["no findings", { ...whole, findings: "none" }, 200],
    ["a rule that could be anything", { ...whole, findings: [{ ...finding, rule: DENIED }] }, 200],
    [
      "a finding without a verdict",
      { ...whole, findings: [{ ...finding, verdict: undefined }] },
      200,
    ],
    ["a line that is none", { ...whole, findings: [{ ...finding, line: -1 }] }, 200],
  ])("%s is no verdict", async (_what, body, status) => {
    answer(body, status);
    await expect(judged()).rejects.toThrow(PolicyAway);
  });

  it("that is away, or may not be reached, gives no verdict", async () => {
    const closed = await new FakeShhh(scanner).serve();
    await closed.close();
    const gone = new HttpPolicyEngine({ admit, hash, url: closed.url });
    await expect(gone.judge(Buffer.from("x"), "a")).rejects.toThrow(PolicyAway);
    const refused = new HttpPolicyEngine({
      admit: () => Promise.reject(new Error("not on the list")),
      hash,
      url: shhh.url,
    });
    await expect(refused.judge(Buffer.from("x"), "a")).rejects.toThrow(
      /no verdict.*not on the list/,
    );
  });
});
