import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createLogFile } from "./log-file.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-log-file-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const messages = (path: string): readonly string[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line).message);

describe("a log in a file", () => {
  it("has the lines of its level, goes on after a start, and is its owner's alone", () => {
    const path = join(root, "a", "server.log");
    const onFailure = expect.unreachable;
    createLogFile(path, { level: "info", onFailure })("info", "one", { index: 1 });
    const log = createLogFile(path, { level: "info", onFailure });
    log("debug", "never");
    log("error", "two");
    expect(messages(path)).toEqual(["one", "two"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is set aside where it is full, so two files are all that there ever is", () => {
    const path = join(root, "b", "server.log");
    const log = createLogFile(path, {
      level: "info",
      bytesMax: 200,
      onFailure: expect.unreachable,
    });
    for (let at = 0; at < 9; at += 1) log("info", `line ${at}`);
    expect(readdirSync(join(root, "b"))).toEqual(["server.log", "server.log.1"]);
    expect([...messages(`${path}.1`), ...messages(path)].at(-1)).toBe("line 8");
    expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThanOrEqual(400);
  });

  it("that cannot be written says so once, and stops nothing", () => {
    writeFileSync(join(root, "file"), "");
    const told: string[] = [];
    const log = createLogFile(join(root, "file", "server.log"), {
      level: "info",
      onFailure: (why) => told.push(why),
    });
    log("info", "one");
    log("info", "two");
    expect(told).toEqual([expect.stringMatching(/ENOTDIR|EEXIST/u)]);
  });
});
