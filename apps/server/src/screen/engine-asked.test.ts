import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { createIngester } from "../ingest/create-ingester.ts";
import { IngestRig, PLANTED } from "../ingest/test/ingest-rig.ts";
import { HttpPolicyEngine } from "../providers/shhh/http-policy-engine.ts";
import { PolicyAway } from "../providers/shhh/policy-engine.ts";
import { PolicyScanner } from "../providers/shhh/policy-scanner.ts";
import { saltedHash } from "../providers/shhh/salted-hash.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { FakeShhh } from "../providers/shhh/test/fake-shhh.ts";

/** The built-in rules know nothing of it; those of the engine do. */
const CARD = "4000 1234 5678 9010";
const hash = saltedHash(new Uint8Array(32));
const rules = {
  ...SHIPPED_RULES,
  version: 41,
  rules: [
    {
      id: "card-number",
      title: "number of a card",
      verdict: "redact" as const,
      hints: ["4000"],
      pattern: /\b4\d{3}(?: \d{4}){3}\b/g,
    },
  ],
};
const shhh = new FakeShhh(new PolicyScanner(rules, hash));
const engine = (): HttpPolicyEngine =>
  new HttpPolicyEngine({
    admit: async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} }),
    hash,
    url: shhh.url,
  });

let rig: HttpRig;
let headers: Readonly<Record<string, string>>;
beforeAll(async () => {
  await shhh.serve();
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  rig.screen.askToo(engine());
  headers = await rig.session(rig.operator);
});
beforeEach(() => {
  shhh.instead = undefined;
  shhh.asked.length = 0;
});
afterAll(async () => {
  await rig.close();
  await shhh.close();
});

const put = (text: string): Promise<Response> =>
  fetch(`${rig.server.url}/evidence?name=report`, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: text,
  });

function holders(folder: string, text: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}

describe("an engine beside the scanner", () => {
  it("has a say about evidence, after the scanner, which tells it no secret that it knows itself", async () => {
    expect((await put("nothing in here")).status).toBe(201);
    const refused = await put(`paid with ${CARD}`);
    expect([refused.status, await refused.text()]).toEqual([
      422,
      expect.stringContaining("shhh@41/card-number in report"),
    ]);
    expect(holders(rig.folder, CARD)).toEqual([]);
    const known = await put(["AK", "IA", "Q7RSTUV2WXYZ3ABC"].join(""));
    expect(known.status).toBe(422);
    expect(shhh.asked.map(({ place }) => place)).toEqual(["report", "report"]);
  });

  it("that gives no verdict lets nothing in", async () => {
    shhh.instead = { status: 500, body: "" };
    const answer = await put("who knows what this is");
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining("nothing was kept"),
    ]);
    expect(holders(rig.folder, "who knows what this is")).toEqual([]);
  });

  it("has a say about content: what it denies is withheld, and without its verdict nothing is fetched", async () => {
    const source = new IngestRig();
    try {
      const { admit, blobs, folder, scanner, temporary } = source;
      const indexFolder = source.path("index");
      const options = { admit, blobs, scanner, folder, temporary, indexFolder };
      const ingester = createIngester({ ...options, engine: engine() });
      source.write("project/swoosh.yaml", "goal: sail\n");
      source.write("project/paid.txt", `with ${CARD}\n`);
      source.write("project/note.txt", `token ${PLANTED}\n`);
      source.write("project/large.bin", Buffer.alloc(5_000_000, `${"z".repeat(40)}\n`));
      const pins = await ingester.resolve("project");
      const { files, verdict } = await ingester.fetch("project", pins);
      expect(files).toBe(2);
      expect(verdict).toMatchObject({
        findings: 2,
        policyVersion: SHIPPED_RULES.version,
        verdict: "deny",
      });
      expect(holders(source.path("blobs"), CARD)).toEqual([]);
      // What the scanner denies stays here; the large file goes in pieces.
      expect(new Set(shhh.asked.map(({ place }) => place))).toEqual(
        new Set(["large.bin", "paid.txt", "swoosh.yaml"]),
      );
      expect(Math.max(...shhh.asked.map(({ bytes }) => bytes))).toBeLessThanOrEqual(1_048_576);

      shhh.instead = { status: 404, body: "" };
      await expect(ingester.fetch("project", pins)).rejects.toThrow(PolicyAway);
    } finally {
      source.end();
    }
  });
});

describe("a file that was redacted", () => {
  it("keeps its source from being ingested, and says which", async () => {
    const source = new IngestRig();
    try {
      const { admit, blobs, folder, scanner, temporary } = source;
      const indexFolder = source.path("index");
      const ingester = createIngester({ admit, blobs, scanner, folder, temporary, indexFolder });
      source.write("project/gone.txt", "somebody's name");
      const pins = await ingester.resolve("project");
      const hashed = blobs.save(Buffer.from("somebody's name"));
      blobs.redact(hashed);
      await expect(ingester.fetch("project", pins)).rejects.toMatchObject({
        code: "bad_source",
        message: expect.stringContaining(`${hashed} was redacted`),
      });
    } finally {
      source.end();
    }
  });
});
