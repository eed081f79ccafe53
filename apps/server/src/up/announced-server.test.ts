import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, describe, expect, it } from "vitest";
import { announceServer, findServer } from "./announced-server.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-announced-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const fresh = (): string => mkdtempSync(join(root, "data-"));
/** Nobody is asked there. */
const PORT = 9;
const AT = { url: "http://swoosh.test", since: 7 };

describe("a server's place in its data folder", () => {
  it("is found while its process runs, and gone with an orderly stop", () => {
    const folder = fresh();
    expect(findServer(folder)).toBeUndefined();
    const takeBack = announceServer(folder, { ...AT, logFile: "a.log" });
    expect(findServer(folder)).toMatchObject({
      ...AT,
      pid: process.pid,
      logFile: "a.log",
    });
    expect(readdirSync(folder)).toEqual(["server.json"]);
    takeBack();
    expect([findServer(folder), readdirSync(folder)]).toEqual([undefined, []]);
  });

  it.each([
    [`http://0.0.0.0:${PORT}`, `http://127.0.0.1:${PORT}`],
    [`https://[::]:${PORT}`, `https://[::1]:${PORT}`],
    [`http://[::1]:${PORT}`, `http://[::1]:${PORT}`],
  ])("leads from %s to %s", (url, found) => {
    const folder = fresh();
    announceServer(folder, { url, since: 0 });
    expect(findServer(folder)?.url).toBe(found);
  });

  it.each<[string, (text: string) => string]>([
    ["was killed, and another process has its number", (text) => swap(text, { start: "1" })],
    ["ran before the system was started again", (text) => swap(text, { boot: "b" })],
    ["runs in another container", (text) => swap(text, { space: "s" })],
    ["is at no address", (text) => swap(text, { url: "nowhere" })],
    ["says no number of its process", (text) => swap(text, { pid: "1" })],
    ["left half a file", (text) => text.slice(0, 20)],
    ["left another thing", () => "null"],
  ])("is nobody's who %s", (_who, change) => {
    const folder = fresh();
    announceServer(folder, AT);
    const path = join(folder, "server.json");
    writeFileSync(path, change(readFileSync(path, "utf8")));
    expect(findServer(folder)).toBeUndefined();
  });
});

function swap(text: string, other: object): string {
  return JSON.stringify({ ...JSON.parse(text), ...other });
}
