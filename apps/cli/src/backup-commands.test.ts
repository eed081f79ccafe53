import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
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
});
