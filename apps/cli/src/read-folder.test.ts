import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSwoosh, type Answer } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-read-folder-"));
const still = join(root, "still");

async function openRig() {
  const { HttpRig } = await import("../../server/src/http/test/http-rig.ts");
  return HttpRig.open();
}

let rig: Awaited<ReturnType<typeof openRig>>;
let last: number;
beforeAll(async () => {
  rig = await openRig();
  await rig.flip("a");
  await rig.node.engine.snapshot();
  await rig.flip("b");
  last = await rig.flip("b");
  // What a server that was killed at this moment leaves: its lock, no clean stop.
  cpSync(rig.node.folder, still, { recursive: true });
  const { end, path } = logOf(still);
  // Without most of the room behind it, which every copy would copy.
  truncateSync(path, Math.ceil(end / 4_096) * 4_096);
});
afterAll(async () => {
  await rig.close();
  rmSync(root, { recursive: true, force: true });
});

const COMMANDS: readonly (readonly string[])[] = [
  ["state", "switch/b"],
  ["state", "switch/b", "--projection", "root"],
  ["instances"],
  ["explain", "switch/b"],
  ["why", "switch/b"],
  ["decisions"],
  ["journal", "cat"],
  ["journal", "tail", "--limit", "3"],
];

/** What a command says of a folder; `at`, the reader's own clock, is the same for all. */
async function ofFolder(command: readonly string[], folder: string): Promise<Answer> {
  return atOneTime(await runSwoosh([...command, "--data", folder, "--json"]));
}

function atOneTime(answer: Answer): Answer {
  return { ...answer, out: answer.out.replace(/^\{"at":\d+,"beat"/, '{"at":0,"beat"') };
}

/** Everything that a folder holds and when it was changed. */
function contents(folder: string): string {
  const seen = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted()) {
    const path = join(folder, name);
    const about = statSync(path);
    seen.update(`${name} ${about.mtimeMs} ${about.size}\n`);
    if (about.isFile()) seen.update(readFileSync(path));
  }
  return seen.digest("hex");
}

/** The bytes of the log up to the end of its last record, and its file. */
function logOf(folder: string): { readonly path: string; readonly bytes: Buffer; end: number } {
  const log = join(folder, "journal", "log");
  const [name = ""] = readdirSync(log).toSorted();
  const path = join(log, name);
  const bytes = readFileSync(path);
  return { path, bytes, end: bytes.lastIndexOf(0x0a) + 1 };
}

describe("a folder that is only read", () => {
  it("says beside a running server what the server says", async () => {
    const before = contents(rig.node.folder);
    for (const command of COMMANDS) {
      const asked = atOneTime(await runSwoosh([...command, "--url", rig.server.url, "--json"]));
      expect([command, asked.code, asked.err]).toEqual([command, 0, ""]);
      expect(await ofFolder(command, rig.node.folder)).toEqual(asked);
    }
    expect(contents(rig.node.folder)).toBe(before);
    // The server goes on as if nobody had looked.
    expect(await rig.flip("after")).toBe(last + 1);
  });

  it("says the same while none runs, from a snapshot and without one, and of the past", async () => {
    const bare = join(root, "bare");
    cpSync(still, bare, { recursive: true });
    rmSync(join(bare, "journal", "snapshots"), { recursive: true });
    const before = contents(still);
    for (const command of [
      ["explain", "switch/b"],
      ["state", "switch/b", "--at", String(last - 1)],
    ]) {
      const answer = await ofFolder(command, still);
      expect([command, answer.code, answer.err]).toEqual([command, 0, ""]);
      expect(await ofFolder(command, bare)).toEqual(answer);
    }
    expect(contents(still)).toBe(before);
  });

  it("ends before a tail that a crash tore, and cuts nothing", async () => {
    const torn = join(root, "torn");
    cpSync(still, torn, { recursive: true });
    const { bytes, end, path } = logOf(torn);
    writeFileSync(path, bytes.fill(0, end - 600, end));
    const before = contents(torn);
    const { code, err, out } = await ofFolder(["state", "switch/b"], torn);
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toMatchObject({ index: last - 1, configuration: ["ON"] });
    const lines = (await ofFolder(["journal", "cat"], torn)).out.trimEnd().split("\n");
    expect(lines).toHaveLength(last);
    expect(contents(torn)).toBe(before);
  });

  it("refuses damage with file, offset and index, and exit code 4", async () => {
    const damaged = join(root, "damaged");
    cpSync(still, damaged, { recursive: true });
    const { bytes, end, path } = logOf(damaged);
    const at = Math.trunc(end / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    for (const command of [["instances"], ["journal", "cat"]]) {
      const { code, err } = await ofFolder(command, damaged);
      expect([command, code]).toEqual([command, 4]);
      expect(err).toContain(path);
      expect(err).toMatch(/, offset \d+, record \d+: /);
    }
  });

  it("needs no right to write: every attempt to write anything would end the command", () => {
    const sealed = join(root, "sealed");
    cpSync(still, sealed, { recursive: true });
    for (const name of readdirSync(sealed, { recursive: true, encoding: "utf8" }))
      chmodSync(join(sealed, name), statSync(join(sealed, name)).isFile() ? 0o400 : 0o500);
    // Node's permission model binds root too: this process may read everything and write nothing.
    const limits = ["--permission", "--allow-fs-read=*", "--allow-addons", "--allow-worker"];
    const run = spawnSync(
      process.execPath,
      [...limits, "--no-warnings", SWOOSH, "explain", "switch/b", "--data", sealed],
      { encoding: "utf8" },
    );
    expect([run.status, run.stderr]).toEqual([0, ""]);
    expect(run.stdout).toContain("switch/b is in OFF");
    for (const name of readdirSync(sealed, { recursive: true, encoding: "utf8" }))
      if (statSync(join(sealed, name)).isDirectory()) chmodSync(join(sealed, name), 0o700);
  });

  it("says what is missing where there is no journal, or none yet", async () => {
    expect(await ofFolder(["instances"], join(root, "none"))).toMatchObject({
      code: 3,
      err: expect.stringContaining("holds no journal; name a data folder of Swoosh"),
    });
  });
});
