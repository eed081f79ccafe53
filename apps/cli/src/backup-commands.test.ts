import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { CapturedConsole } from "./test/captured-console.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-cli-backup-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("a folder is backed up, restored, snapshot and read without a server", async () => {
  const [data, backup, restored] = ["data", "backup", "restored"].map((name) => join(root, name));
  const inFolder = (folder = "") => ["--data", folder, "--json"];
  expect((await runSwoosh(["init", ...inFolder(data)])).code).toBe(0);
  const made = await runSwoosh(["backup", backup ?? "", ...inFolder(data)]);
  const back = await runSwoosh(["restore", backup ?? "", ...inFolder(restored)]);
  expect([made.code, back.code, back.out]).toEqual([0, 0, made.out]);
  const again = await runSwoosh(["restore", backup ?? "", ...inFolder(data)]);
  expect(again).toMatchObject({ code: 3, out: "" });
  expect(again.err).toMatch(/is not empty, and nothing is overwritten/);
  expect((await runSwoosh(["snapshot", ...inFolder(restored)])).code).toBe(0);
  const whole = await runSwoosh(["journal", "cat", ...inFolder(data)]);
  expect(await runSwoosh(["journal", "cat", ...inFolder(restored)])).toEqual(whole);
  const lines = whole.out.trimEnd().split("\n");
  const tail = await runSwoosh(["journal", "tail", "--limit", "2", ...inFolder(data)]);
  expect(tail.out).toBe(`${lines.slice(-2).join("\n")}\n`);
  const some = await runSwoosh([
    "journal",
    "cat",
    "--from",
    "1",
    "--limit",
    "1",
    ...inFolder(data),
  ]);
  expect(some.out).toBe(`${lines[1]}\n`);
  expect((await runSwoosh(["journal", "cat", "--from", "x"])).code).toBe(2);
  expect((await runSwoosh(["journal", "cat", "--data", join(root, "none")])).code).toBe(3);

  // On a terminal a person sees how far it is, and nothing of that is left.
  const seen = async (terminal: boolean, ...argv: readonly string[]): Promise<string> => {
    const port = new CapturedConsole({ errIsTerminal: terminal });
    const { code, err } = await runSwoosh(argv, port);
    expect(code).toBe(0);
    return err;
  };
  const clear = "\r\u001B[2K";
  const verifying = await seen(true, "verify", "--data", restored ?? "");
  expect(verifying.split(clear)).toEqual([
    "",
    expect.stringMatching(/^16 records verified, \d+ s$/u),
    "",
  ]);
  expect(await seen(false, "verify", "--data", restored ?? "")).toBe("");
  const copying = await seen(true, "backup", join(root, "again"), "--data", restored ?? "");
  expect(copying.split(clear)[1]).toMatch(/^16 records copied, \d+ s$/u);
  const quiet = ["backup", join(root, "quiet"), "--data", restored ?? "", "--quiet"];
  expect(await seen(true, ...quiet)).toBe("");
});
