import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildIndex, indexFile, searchIndex } from "./search-index.ts";
import { IngestRig } from "./test/ingest-rig.ts";

let rig: IngestRig;
beforeEach(() => {
  rig = new IngestRig();
});
afterEach(() => {
  rig.end();
});

async function built(): Promise<{ file: string; indexHash: string; documents: number }> {
  rig.write(
    "project/src/tide.ts",
    "// The tide closes a class.\nexport function tide_of(beat: number) {}\n",
  );
  rig.write("project/readme.md", "Beats and tides.\n\nA beat is a beat.\n");
  rig.write("project/a.bin", Buffer.concat([Buffer.alloc(9), Buffer.from("tide")]));
  rig.write("project/large.txt", "tide ".repeat(210_000));
  const { contentHash, manifest } = await rig.ingest("project");
  const folder = rig.path("index");
  const { documents, indexHash } = await buildIndex({
    contentHash,
    manifest,
    blobs: rig.blobs,
    folder,
  });
  return { file: indexFile(folder, contentHash), indexHash, documents };
}

const paths = (file: string, query: string) => searchIndex(file, query).map(({ path }) => path);

describe("the index of a content", () => {
  it("finds files by words, by beginnings of words, by phrases, and by their paths", async () => {
    const { file, documents } = await built();
    expect(documents).toBe(3);
    expect(paths(file, "tide")).toEqual(["src/tide.ts"]);
    expect(paths(file, "beat*")).toEqual(["readme.md", "src/tide.ts"]);
    expect(paths(file, '"closes a class"')).toEqual(["src/tide.ts"]);
    expect(paths(file, '"a closes class"')).toEqual([]);
    expect(paths(file, "tide_of")).toEqual(["src/tide.ts"]);
    expect(paths(file, "readme")).toEqual(["readme.md"]);
    expect(paths(file, "beat nowhere")).toEqual([]);
    expect(searchIndex(file, "function")).toEqual([
      {
        path: "src/tide.ts",
        hash: expect.stringMatching(/^sha256-/),
        line: 2,
        snippet: expect.stringContaining("export [function] tide_of"),
      },
    ]);
  });

  it("takes signs of a query language for words and nothing else", async () => {
    const { file } = await built();
    const odd = [
      "",
      "   ",
      '"',
      '""',
      "*",
      "'; DROP TABLE files; --",
      "a OR",
      "NEAR(",
      "col:x",
      "^",
      "(((",
      "\0",
    ];
    for (const query of odd) expect(paths(file, query)).toEqual([]);
    expect(paths(file, "tide")).toHaveLength(1);
  });

  it("has the same hash for the same content, and is never built twice", async () => {
    const one = await built();
    const bytes = readFileSync(one.file);
    expect(readdirSync(rig.path("index"))).toHaveLength(1);
    writeFileSync(one.file, Buffer.concat([bytes, Buffer.from("untouched")]));
    const two = await built();
    expect(two.indexHash).toBe(one.indexHash);
    expect(readFileSync(two.file).subarray(bytes.length).toString()).toBe("untouched");
    rig.write("project/more.txt", "more");
    expect((await built()).indexHash).not.toBe(one.indexHash);
  });
});
