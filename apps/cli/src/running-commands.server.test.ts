import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CapturedConsole } from "./test/captured-console.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-running-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

describe("status, health, logs and stop", () => {
  it("say that none runs and how one is started, each with exit 1", async () => {
    const data = join(root, "none");
    for (const command of ["status", "health", "logs", "stop"]) {
      const { code, err, out } = await runSwoosh([command, "--data", data]);
      expect({ command, code, out }).toEqual({ command, code: 1, out: "" });
      expect(err).toContain(`no server runs over ${data}; start one with swoosh up --data ${data}`);
    }
    const machine = await runSwoosh(["status", "--data", data, "--json"]);
    expect([machine.code, JSON.parse(machine.out)]).toEqual([1, { data, running: false }]);
    const stop = await runSwoosh(["stop", "--if-running", "--data", data]);
    expect([stop.code, stop.out]).toEqual([0, `no server runs over ${data}\n`]);
  });

  it("find the server of a folder, show its log, end it in order", async () => {
    const data = join(root, "data");
    const log = join(data, "server.log");
    const child = spawn(
      process.execPath,
      [SWOOSH, "up", "--data", data, "--port", "0", "--log-file", log],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    children.push(child);
    const ended = once(child, "exit");
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const { pid, url }: { readonly pid: number; readonly url: string } = JSON.parse(String(line));

    const status = await runSwoosh(["status", "--data", data]);
    expect([status.code, status.err]).toEqual([0, ""]);
    expect(status.out).toMatch(
      new RegExp(`^server +${url}\\n.*data\\nprocess +${pid}, since 20`, "u"),
    );
    expect(status.out).toMatch(/\ncondition +ok\nrecords +\d+\n$/u);
    const machine = await runSwoosh(["status", "--data", data, "--json"]);
    expect(JSON.parse(machine.out)).toMatchObject({ pid, url, running: true, log_file: log });
    const health = await runSwoosh(["health", "--data", data]);
    expect([health.code, health.out]).toEqual([
      0,
      `ready: ${url} takes proposals and misses nobody\n`,
    ]);
    const last = await runSwoosh(["logs", "--data", data, "--lines", "1", "--json"]);
    expect([last.code, last.err, last.out.split("\n").length]).toEqual([0, "", 2]);
    expect(JSON.parse(last.out)).toMatchObject({ level: "info", service: "swoosh" });
    expect((await runSwoosh(["logs", "--data", data])).out).toContain(`${data} was empty`);

    const follower = new CapturedConsole();
    const following = runSwoosh(["logs", "--data", data, "--lines", "0", "--follow"], follower);
    const stop = await runSwoosh(["stop", "--data", data]);
    expect([stop.code, stop.err]).toEqual([0, ""]);
    expect(stop.out).toBe(`stopped: process ${pid}, ${data}\n`);
    expect(await ended).toEqual([0, null]);
    // Until its last words, and it ends by itself.
    expect((await following).out).toMatch(/ info stopping \(SIGTERM\)\n[^\n]* info stopped\n$/u);
    expect((await runSwoosh(["stop", "--data", data])).code).toBe(1);
    // What it said is there for who asks why it ended.
    const left = await runSwoosh(["logs", "--data", data, "--lines", "1"]);
    expect([left.code, left.out]).toEqual([0, expect.stringMatching(/ info stopped\n$/u)]);
  });
});
