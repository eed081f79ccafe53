import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, describe, expect, it } from "vitest";
import { EXIT } from "../exit-code.ts";
import { runSwoosh } from "../test/run-swoosh.ts";

const ROOT = mkdtempSync(join(tmpdir(), "swoosh-memory-"));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));
let folders = 0;
const dataFolder = (): string => {
  folders += 1;
  return join(ROOT, `data-${folders}`);
};
const remember = async (data: string, text: string) =>
  runSwoosh(["mesh", "remember", text, "--data", data, "--json"]);
const recall = async (data: string, query: string) =>
  runSwoosh(["mesh", "recall", query, "--data", data, "--json"]);

describe("memory on the command line", () => {
  it("finds a memory again in another process, after 30 % of the cells died", async () => {
    const data = dataFolder();
    const texts = Array.from(
      { length: 6 },
      (_, index) =>
        `note ${index} about ${"abcdefghijkl"[index]}pple and ${"mnopqrstuvwx"[index]}elon`,
    );
    for (const text of texts) expect((await remember(data, text)).code).toBe(EXIT.ok);
    const cells = await runSwoosh(["mesh", "cells", "--kill", "30", "--data", data, "--json"]);
    expect(JSON.parse(cells.out)).toMatchObject({ cells: 100, dead: 30 });
    for (const text of texts) {
      const found = await recall(data, text);
      expect(JSON.parse(found.out)).toMatchObject({ text });
    }
  });

  it("remembers the passages of a file, with where they came from", async () => {
    const data = dataFolder();
    mkdirSync(data);
    const file = join(data, "notes.txt");
    writeFileSync(file, `${"alpha beta ".repeat(90)}\n\n${"gamma delta ".repeat(90)}\n`);
    const kept = await remember(data, file);
    expect(kept.out.trim().split("\n")).toHaveLength(2);
    expect(JSON.parse((await recall(data, "gamma delta")).out)).toMatchObject({ source: file });
  });

  it("says no where there is nothing, and nothing is kept of nothing", async () => {
    const data = dataFolder();
    expect((await recall(data, "anything")).code).toBe(EXIT.no);
    expect((await remember(data, "   ")).code).toBe(EXIT.no);
    expect((await recall(data, "!?")).err).toContain("all zeros");
  });

  it("names a damaged memory, finds the others, and ends with 4", async () => {
    const data = dataFolder();
    const { out } = await remember(data, "one precious thing");
    await remember(data, "a second matter");
    const hash: string = JSON.parse(out).remembered;
    const file = join(data, "mesh", "objects", hash.slice(7, 9), `${hash}.json`);
    writeFileSync(file, readFileSync(file, "utf8").replace("precious", "previous"));
    const found = await recall(data, "second matter or other words");
    expect(found.code).toBe(EXIT.fenced);
    expect(found.err).toContain(hash);
    expect(JSON.parse(found.out)).toMatchObject({ text: "a second matter" });
  });

  it("is whole after a crash: a half-written file is not there, a dead holder's lock is taken", async () => {
    const data = dataFolder();
    await remember(data, "before the crash");
    const shelf = join(data, "mesh", "objects", "00");
    mkdirSync(shelf, { recursive: true });
    writeFileSync(join(shelf, `sha256-${"0".repeat(64)}.json.123.new`), '{"codes":"AA');
    // No process has this number: it is above the largest that Linux gives.
    writeFileSync(join(data, "mesh", "lock"), "99999999\n");
    expect(JSON.parse((await recall(data, "before the crash")).out)).toMatchObject({
      text: "before the crash",
    });
    expect(readdirSync(join(data, "mesh"))).not.toContain("lock");
  });

  it("loses nothing to an embedder that is down: the command fails with its reason, and the next one works", async () => {
    const data = dataFolder();
    await remember(data, "before it went down");
    // A port that was free a moment ago: nobody listens there.
    const url = await new Promise<string>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address();
        const port = typeof address === "object" && address !== null ? address.port : 0;
        server.close(() => resolve(`http://127.0.0.1:${port}`));
      });
    });
    for (const command of ["remember", "recall"]) {
      const down = ["--embedder", "ollama", "--embedder-url", url];
      expect(await runSwoosh(["mesh", command, "now", "--data", data, ...down])).toMatchObject({
        code: EXIT.world,
        out: "",
        err: expect.stringContaining("ECONNREFUSED"),
      });
    }
    const found = await recall(data, "before it went down");
    expect(found.out.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(found.out)).toMatchObject({ text: "before it went down" });
  });

  it("refuses a folder that another process holds, and a state that is none", async () => {
    const data = dataFolder();
    await remember(data, "something");
    const { memoryPath, openMemoryFolder } = await import("@swoosh/server/memory");
    const held = await openMemoryFolder(memoryPath(data), { waitMs: 0 });
    expect(await recall(data, "something")).toMatchObject({
      code: EXIT.world,
      err: expect.stringContaining(`process ${process.pid}`),
    });
    held.close();
    for (const text of [
      "garbage",
      "{}",
      '{"side":10,"seed":1,"tick":1,"dead":[-1],"residents":[]}',
    ]) {
      writeFileSync(join(data, "mesh", "cells.json"), text);
      expect((await recall(data, "something")).code).toBe(EXIT.fenced);
    }
  });

  it("keeps what belongs to an instance apart", async () => {
    const data = dataFolder();
    await remember(data, "of the node");
    const own = ["--for", "project/acme", "--data", data, "--json"];
    expect((await runSwoosh(["mesh", "remember", "of acme", ...own])).code).toBe(EXIT.ok);
    const found = await runSwoosh(["mesh", "recall", "of", "--count", "5", ...own]);
    expect(
      found.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).text),
    ).toEqual(["of acme"]);
    expect(JSON.parse((await recall(data, "of")).out)).toMatchObject({ text: "of the node" });
  });

  it("refuses options that cannot be", async () => {
    for (const flags of [
      ["--for", "acme"],
      ["--url", "http://localhost", "--embedder", "ollama"],
      ["--count", "0"],
      ["--embedder", "magic"],
      ["--embedder-url", "ftp://x"],
    ])
      expect(
        (await runSwoosh(["mesh", "recall", "x", "--data", dataFolder(), ...flags])).code,
      ).toBe(EXIT.usage);
    expect((await runSwoosh(["mesh", "cells", "--kill", "101"])).code).toBe(EXIT.usage);
  });
});
