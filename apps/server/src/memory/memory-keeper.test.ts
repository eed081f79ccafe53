import { hashedNgrams } from "@swoosh/mesh";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { MemoryKeeper } from "./memory-keeper.ts";
import { memoryPath } from "./memory-path.ts";
import { MemoryThread } from "./memory-thread.ts";
import { queuedEmbedder } from "./queued-embedder.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-memory-keeper-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newPath = (): string => join(root, `memory-${(folders += 1)}`);
const newKeeper = (memoriesMax?: number): MemoryKeeper =>
  new MemoryKeeper({
    hasher,
    embedder: queuedEmbedder(hashedNgrams()),
    ...(memoriesMax === undefined ? {} : { memoriesMax }),
  });
const textsIn = async (keeper: MemoryKeeper, path: string): Promise<readonly string[]> =>
  (await keeper.recall(path, { query: "note", limit: 100 })).items
    .map(({ text }) => text)
    .toSorted();

describe("a keeper of memories", () => {
  it("answers many at once, sees what another one wrote beside it, and leaves no lock", async () => {
    const path = newPath();
    const [one, other] = [newKeeper(), newKeeper()];
    const texts = Array.from({ length: 12 }, (_, at) => `note ${String.fromCodePoint(97 + at)}`);
    await Promise.all(
      texts.map((text, at) => (at % 2 === 0 ? one : other).remember(path, { text, source: "" })),
    );
    expect(await textsIn(one, path)).toEqual(texts);
    expect(await textsIn(other, path)).toEqual(texts);
    await one.idle();
    expect(readdirSync(path).toSorted()).toEqual(["cells.json", "objects"]);
  });

  it("asked for what nobody ever remembered makes no folder", async () => {
    const path = newPath();
    expect(await textsIn(newKeeper(), path)).toEqual([]);
    expect(readdirSync(root)).not.toContain(path.slice(root.length + 1));
  });

  it("keeps so many memories and no more, and says what to do; the same one again is none more", async () => {
    const path = newPath();
    const keeper = newKeeper(3);
    for (const text of ["note a", "note b", "note a", "note c"])
      await keeper.remember(path, { text, source: "" });
    await expect(keeper.remember(path, { text: "note d", source: "" })).rejects.toMatchObject({
      code: "too_large",
      message: expect.stringContaining("3 memories are kept there"),
    });
    expect(await textsIn(keeper, path)).toEqual(["note a", "note b", "note c"]);
    // Those that are there are counted anew by whoever opens the folder.
    await expect(newKeeper(3).remember(path, { text: "note d", source: "" })).rejects.toMatchObject(
      {
        code: "too_large",
      },
    );
  });

  it("fails what is asked of a folder that cannot be, and goes on with the others", async () => {
    const [good, bad] = [newPath(), newPath()];
    writeFileSync(bad, "a file");
    const keeper = newKeeper();
    await expect(keeper.remember(bad, { text: "note", source: "" })).rejects.toMatchObject({
      code: "memory_unavailable",
      message: expect.stringContaining("check the folder's rights and room"),
    });
    await keeper.remember(good, { text: "note", source: "" });
    expect(await textsIn(keeper, good)).toEqual(["note"]);
  });
});

describe("the thread that keeps memories", () => {
  it("that dies is told of, loses what it was asked and nothing more, and is started anew", async () => {
    const defects: unknown[] = [];
    const embedder = { embedder: "openai", embedderUrl: "nonsense" } as const;
    const thread = new MemoryThread({ data: newPath(), embedder, timeoutMs: 1 }, (error) =>
      defects.push(error),
    );
    for (const count of [1, 2]) {
      const answer = await thread.recall(undefined, { query: "words", limit: 1 });
      expect(answer).toMatchObject({ ok: false, problem: { code: "memory_unavailable" } });
      expect(defects).toHaveLength(count);
    }
    await thread.close();
  });
});

describe("the folder of an instance", () => {
  it("is its own, also where a disk takes upper case for lower", () => {
    const names = ["a/b", "a/B", "ab/b", "a/ab", "a/aB", "a/AB"];
    const paths = names.map((name) => memoryPath("data", name).toLowerCase());
    expect(new Set(paths).size).toBe(names.length);
    expect(memoryPath("data", "project/acme")).toBe(join("data", "mesh", "of", "project", "acme"));
    expect(memoryPath("data")).toBe(join("data", "mesh"));
  });
});
