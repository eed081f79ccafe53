import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIngester, type Ingester } from "./create-ingester.ts";
import { indexFile, searchIndex } from "./search-index.ts";
import { IngestRig, PLANTED } from "./test/ingest-rig.ts";

let rig: IngestRig;
let ingester: Ingester;
beforeEach(() => {
  rig = new IngestRig();
  const { admit, blobs, folder, scanner, temporary } = rig;
  ingester = createIngester({
    admit,
    blobs,
    scanner,
    folder,
    temporary,
    indexFolder: rig.path("index"),
  });
});
afterEach(() => {
  rig.end();
});

describe("the ingester", () => {
  it("pins, fetches, scans and indexes; each step again gives the same", async () => {
    rig.write("project/swoosh.yaml", "goal: sail\n");
    rig.write("project/note.txt", `token ${PLANTED}\n`);
    const pins = await ingester.resolve("project");
    expect(pins).toEqual([
      {
        kind: "directory",
        pin: expect.any(String),
        uri: expect.stringMatching(/^file:\/\/.*project$/),
      },
    ]);
    const content = await ingester.fetch("project", pins);
    expect(content).toMatchObject({
      bytes: 11,
      files: 1,
      verdict: {
        verdict: "deny",
        findings: 1,
        policyVersion: 1,
        rationale: "github-token in note.txt:1",
      },
    });
    expect(rig.blobs.has(content.verdict.evidence)).toBe(true);
    expect(await ingester.fetch("project", pins)).toEqual(content);
    const index = await ingester.index(content.contentHash);
    expect(await ingester.index(content.contentHash)).toBe(index);
    const file = indexFile(rig.path("index"), content.contentHash);
    expect(existsSync(file)).toBe(true);
    expect(searchIndex(file, "sail").map(({ path }) => path)).toEqual(["swoosh.yaml"]);
    expect(searchIndex(file, "token")).toEqual([]);
  });

  it("says what is missing", async () => {
    rig.write("project/a", "a");
    await expect(ingester.fetch("project", [])).rejects.toMatchObject({ code: "bad_source" });
    await expect(ingester.index(`sha256-${"0".repeat(64)}`)).rejects.toThrow(
      "no manifest is stored under",
    );
  });
});
