import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type * as Server from "@swoosh/server";
import type * as Http from "@swoosh/server/http";
import type * as Keys from "@swoosh/server/keys";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandsOf, runPage, type PageRun } from "./test/run-page.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const PAGES = fileURLToPath(new URL("../../../docs/runbooks", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-runbooks-"));
const made = join(root, "made");
const backup = join(root, "made-backup");
const open: Http.RunningServer[] = [];

let server: typeof Server;
let http: typeof Http;
let keys: typeof Keys;
beforeAll(async () => {
  server = await import("@swoosh/server");
  http = await import("@swoosh/server/http");
  keys = await import("@swoosh/server/keys");
  const { backupFolder } = await import("@swoosh/server/verify");
  await server.initNode({ folder: made });
  await backupFolder({ from: made, to: backup });
});
afterAll(async () => {
  for (const one of open) await one.stop();
  rmSync(root, { recursive: true, force: true });
});

/** A data folder of the test's own. */
function folderFor(name: string): string {
  const folder = join(root, name);
  cpSync(made, folder, { recursive: true, preserveTimestamps: true });
  // Copying does not keep the modes of folders, and the doctor is right to complain.
  chmodSync(keys.dataFolder(folder).keys, 0o700);
  return folder;
}

async function served(
  folder: string,
  more: { readonly segmentBytes?: number } = {},
): Promise<{ readonly node: Server.RunningNode; readonly url: string }> {
  const node = await server.openNode({ folder, ...more });
  const running = await http.serve(node, { host: "127.0.0.1", port: 0 });
  open.push(running);
  return { node, url: running.url };
}

/** A real server that is killed while nobody looks; gives the address that it had. */
async function killedServer(
  folder: string,
  before: (url: string) => Promise<void>,
): Promise<string> {
  return killed(["up", "--data", folder, "--port", "0"], before);
}

/** Of a command that says when it is ready, and is killed then; gives the address that it had. */
async function killed(
  argv: readonly string[],
  before: (url: string) => Promise<void> = async () => {},
): Promise<string> {
  const child = spawn(process.execPath, [SWOOSH, ...argv], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "exit");
  const [line]: readonly string[] = await once(createInterface({ input: child.stdout }), "line");
  const { url }: { readonly url: string } = JSON.parse(line ?? "");
  await before(url);
  child.kill("SIGKILL");
  await ended;
  return url;
}

/** Path of the only segment of a small log. */
function segmentOf(data: string): string {
  const log = join(keys.dataFolder(data).journal, "log");
  return join(log, readdirSync(log).find((name) => name.endsWith(".wal")) ?? "");
}

/** Takes all the room that there is. */
function fill(path: string): void {
  for (let bytes = 1_048_576; bytes >= 4_096;) {
    try {
      writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch {
      // Whatever fitted is there; the next piece is smaller.
      bytes /= 2;
    }
  }
}

const run = (page: string, variables: Readonly<Record<string, string>>): Promise<PageRun> =>
  runPage(join(PAGES, page), { folder: root, variables });

const inputs = (variant: string) => JSON.stringify({ reason: "try", variant });
const propose = (folder: string, where: readonly string[], variant: string) =>
  runSwoosh([
    "propose",
    "flag/a",
    "Flag_Set",
    "--inputs",
    inputs(variant),
    "--key",
    keys.dataFolder(folder).operatorKey,
    ...where,
  ]);

describe("the runbooks", () => {
  it("are listed, every one, and each has commands", () => {
    const index = readFileSync(join(PAGES, "README.md"), "utf8");
    for (const page of readdirSync(PAGES)) {
      if (page === "README.md") continue;
      expect(index).toContain(`docs/runbooks/${page}`);
      expect(commandsOf(readFileSync(join(PAGES, page), "utf8")).length).toBeGreaterThan(2);
    }
  });

  it("recovery.md starts what a kill left, and cuts the batch that was being written", async () => {
    const data = folderFor("recovery");
    const url = await killedServer(data, async (address) => {
      expect((await propose(data, ["--url", address], "on")).code).toBe(0);
    });
    const path = segmentOf(data);
    const bytes = readFileSync(path);
    const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
    bytes.fill(0xff, end, end + 20);
    writeFileSync(path, bytes);
    const page = await run("recovery.md", { DATA: data, URL: url });
    expect(page.code, page.out).toBe(0);
    expect(page.out).toContain("being written when the power failed");
    expect(page.out).toContain('"status":"ok"');
    expect(page.out).toMatch(/^swoosh_recovery_time_seconds /mu);
    expect((await runSwoosh(["state", "flag/a", "--data", data])).out).toContain("on");
  });

  it("snapshot-restore.md makes a backup and puts it in the place of what was there", async () => {
    const data = folderFor("restore");
    const page = await run("snapshot-restore.md", {
      DATA: data,
      BACKUP: join(root, "restore-backup"),
    });
    expect(page.code, page.out).toBe(0);
    expect(existsSync(`${data}.old`)).toBe(true);
    expect((await runSwoosh(["verify", "--data", data])).code).toBe(0);
  });

  it("full-disk.md makes room on a disk that is really full, and it goes on by itself", async () => {
    const mount = join(root, "small");
    mkdirSync(mount);
    const small = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", mount];
    expect(spawnSync("mount", small, { encoding: "utf8" }).stderr).toBe("");
    try {
      const [data, room] = [join(mount, "data"), join(mount, "other.log.1")];
      const segmentBytes = 4_096;
      await server.initNode({ folder: data, segmentBytes });
      const { url } = await served(data, { segmentBytes });
      fill(room);
      // More than the open segment has room for: the clients that find none try again, as clients do.
      const clients = Array.from({ length: 6 }, (_, at) => propose(data, ["--url", url], `v${at}`));
      let health = "";
      while (!health.includes('"degraded"')) health = await (await fetch(`${url}/health`)).text();
      const page = await run("full-disk.md", { DATA: data, URL: url, ROOM: room });
      expect(page.code, page.out).toBe(0);
      expect(page.out).toMatch(/^swoosh_disk_free_bytes \d/mu);
      expect(page.out).toContain("accepted");
      await Promise.all(clients);
      for (const one of open.splice(-1)) await one.stop();
    } finally {
      spawnSync("umount", ["--lazy", mount]);
    }
  });

  it("key-rotation.md gives the operator a new key, and the old one is refused", async () => {
    const data = folderFor("rotation");
    const { url } = await served(data);
    const page = await run("key-rotation.md", {
      DATA: data,
      URL: url,
      BACKUP: join(root, "rotation-backup"),
    });
    expect(page.code, page.out).toBe(0);
    expect(page.out).toContain("unknown_signer");
    expect(existsSync(`${keys.dataFolder(data).operatorKey}.old`)).toBe(false);
  });

  it("fenced-node.md reads what a fenced node knew, and starts it again", async () => {
    const data = folderFor("fenced");
    const { node, url } = await served(data);
    // The journal is closed under the engine: the next append fails, and the engine stops itself.
    await node.journal.close();
    expect((await propose(data, ["--url", url], "on")).code).not.toBe(0);
    await node.engine.fenced;
    const page = await run("fenced-node.md", { DATA: data, URL: url });
    expect(page.code, page.out).toBe(0);
    expect(page.out).toContain('swoosh_condition{condition="fenced"} 1');
    expect(page.out).toContain('"status":"ok"');
  });

  it("corrupt-log.md tells where a log is damaged, and restores the last backup", async () => {
    const data = folderFor("corrupt");
    const log = join(keys.dataFolder(data).journal, "log");
    const segment = join(log, readdirSync(log).toSorted()[0] ?? "");
    const bytes = readFileSync(segment);
    bytes[300] = (bytes[300] ?? 0) ^ 1;
    writeFileSync(segment, bytes);
    const page = await run("corrupt-log.md", { DATA: data, BACKUP: backup });
    expect(page.code, page.out).toBe(0);
    expect(page.out).toContain(`${segment}, offset `);
    expect((await runSwoosh(["verify", "--data", data])).code).toBe(0);
  });

  it("fork.md finds where two histories part", async () => {
    const [one, other] = [folderFor("one"), folderFor("other")];
    const here = await served(one);
    const there = await served(other);
    expect((await propose(one, ["--url", here.url], "on")).code).toBe(0);
    expect((await propose(other, ["--url", there.url], "off")).code).toBe(0);
    const page = await run("fork.md", { URL: here.url, OTHER: there.url });
    expect(page.code, page.out).toBe(0);
    expect(page.out).toContain('"variant":"on"');
    expect(page.out).toContain('"variant":"off"');
  });

  it("follower.md reads what a follower kept of a fork, makes its copy the server, and follows anew", async () => {
    const [data, other, copy] = [folderFor("lead"), folderFor("clone"), join(root, "follower")];
    const lead = await served(data);
    expect((await propose(data, ["--url", lead.url], "on")).code).toBe(0);
    await killed(["follow", lead.url, "--data", copy]);
    // Somebody starts a clone in its place, and people go on with that.
    const clone = await served(other);
    for (const variant of ["off", "dim"])
      expect((await propose(other, ["--url", clone.url], variant)).code).toBe(0);
    const page = await run("follower.md", { COPY: copy, URL: clone.url, BACKUP: backup });
    expect(page.code, page.out).toBe(0);
    expect(page.out).toContain('"variant":"on"');
    expect(page.out).toContain('"variant":"off"');
    expect(page.out.match(/ signatures: .*sound/gu)).toHaveLength(3);
    expect(page.out).toContain('"status":"ok"');
    // The copy went on as the same node, with what it had; the new one has what the clone has.
    expect((await runSwoosh(["state", "flag/a", "--data", copy])).out).toContain("on");
    expect((await runSwoosh(["state", "flag/a", "--data", `${copy}-new`])).out).toContain("dim");
  });
});
