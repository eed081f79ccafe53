import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { pasted } from "./test/pasted.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const README = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const root = mkdtempSync(join(tmpdir(), "swoosh-first-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** The block with the crash in it, as it is printed. */
function firstScreen(): string {
  const blocks = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gmu)].map(([, body = ""]) => body);
  const [block = "", ...others] = blocks.filter((body) => body.includes("kill -9"));
  expect([block === "", others]).toEqual([false, []]);
  return block;
}

describe("the first screen of the README", () => {
  it("works as printed, pasted into a shell in an empty folder, whatever port the servers get", async () => {
    const folder = join(root, "pasted");
    mkdirSync(folder);
    // What a person would see next; then the server that stayed is stopped.
    const after = [
      "SWOOSH_DATA=my-data npx swoosh state flag/dark-mode --json",
      "kill -TERM %%; wait %%; exit",
      "",
    ];
    // As where the usual port is taken: nobody but the folder knows the servers' ports.
    const shown = await pasted(firstScreen() + after.join("\n"), {
      folder,
      environment: { SWOOSH_PORT: "0" },
    });
    const steps = [
      /leaf of record 0 +[0-9a-f]{64}/u,
      /"ready":true,"url":"http:\/\/127\.0\.0\.1:\d+"/u,
      /accepted: Flag_Set of flag\/dark-mode is record 16/u,
      /17 records replayed, 17 signatures: sound/u,
      /17 records, 17 signatures: sound/u,
      /"variant":"on"/u,
    ];
    // In this order, whatever the shell and the servers say between, and after the echo of what was pasted.
    let rest = shown.slice(shown.lastIndexOf("data folder  "));
    for (const step of steps) {
      const found = step.exec(rest);
      expect(found, `${step} in:\n${shown}`).not.toBeNull();
      rest = rest.slice(found?.index ?? 0);
    }
    expect(shown).toMatch(/Killed +npx swoosh up/u);
    expect(shown).not.toMatch(/command not found|cannot be read|swoosh: (?!nobody listens)/u);
  });
});

describe("a server that was killed", () => {
  it("is read as it lies, starts again, refuses with reasons, and stops when asked", async () => {
    const data = join(root, "data");
    const up = async () => {
      const child = spawn(process.execPath, [SWOOSH, "up", "--data", data, "--port", "0"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      children.push(child);
      const ended = once(child, "exit");
      const [line] = await Promise.race([
        once(child.stdout, "data"),
        ended.then(([code]) => expect.unreachable(`the server ended with ${String(code)}`)),
      ]);
      const { ready, url }: { ready: boolean; url: string } = JSON.parse(String(line));
      expect(ready).toBe(true);
      return { child, ended, url };
    };
    const propose = (url: string, variant: string) =>
      runSwoosh([
        ...["propose", "flag/dark-mode", "Flag_Set", "--url", url],
        ...["--key", join(data, "keys", "operator.pem")],
        ...["--inputs", JSON.stringify({ reason: "try", variant })],
      ]);
    const first = await up();
    expect((await propose(first.url, "on")).code).toBe(0);
    first.child.kill("SIGKILL");
    await first.ended;
    // Before anybody starts it again.
    const read = await runSwoosh(["state", "flag/dark-mode", "--data", data]);
    expect([read.code, read.err]).toEqual([0, ""]);
    expect(read.out).toMatch(/^flag\/dark-mode is in /);

    const second = await up();
    expect((await propose(second.url, "off")).out).toMatch(/^accepted/);
    const refused = await propose(second.url, "");
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/^refused \(inputs_invalid\)\n {2}inputs\.variant/);
    second.child.kill("SIGTERM");
    expect((await second.ended)[0]).toBe(0);
    const { stdout } = spawnSync(
      process.execPath,
      [SWOOSH, "verify", "--data", data, "--json", "--signatures"],
      { encoding: "utf8" },
    );
    const report: { ok: boolean; size: number } = JSON.parse(stdout);
    expect(report).toMatchObject({ ok: true, size: 18 });
  });
});
