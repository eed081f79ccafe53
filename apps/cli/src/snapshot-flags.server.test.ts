import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-snapshot-flags-"));
const children: ReturnType<typeof spawn>[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** A shell makes the file a moment before it writes to it. */
async function written(file: string): Promise<string> {
  while (!existsSync(file) || readFileSync(file, "utf8") === "")
    await new Promise((resolve) => setImmediate(resolve));
  return readFileSync(file, "utf8");
}

it("swoosh up copies its snapshots where --snapshot-copy-to says, and then runs --snapshot-hook", async () => {
  const [data, copy, seen] = [join(root, "data"), join(root, "copy"), join(root, "seen")];
  const hook = `ls '${copy}/snapshots' > '${seen}.copied'; printf '%s %s' "$SWOOSH_SNAPSHOT_INDEX" "$SWOOSH_SNAPSHOT_FILE" > '${seen}'`;
  const flags = ["--snapshot-records", "5", "--snapshot-copy-to", copy, "--snapshot-hook", hook];
  const child = spawn(process.execPath, [SWOOSH, "up", "--data", data, "--port", "0", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const ended = once(child, "exit");
  const said = text(child.stderr);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url }: { readonly url: string } = JSON.parse(String(line));
  for (let at = 0; at < 5; at += 1) {
    const inputs = JSON.stringify({ reason: "try", variant: `v${at}` });
    const key = ["--key", join(data, "keys", "operator.pem")];
    const { code, err } = await runSwoosh([
      ...["propose", "flag/a", "Flag_Set", "--url", url, "--inputs", inputs, ...key],
    ]);
    expect([code, err]).toEqual([0, ""]);
  }
  const [index = "", file = ""] = (await written(seen)).split(" ");
  const name = `${index.padStart(16, "0")}.json`;
  // The hook came after the copy, which is the snapshot itself, of the record that it says.
  expect(readFileSync(`${seen}.copied`, "utf8")).toContain(name);
  expect(readFileSync(join(copy, "snapshots", name))).toEqual(readFileSync(file));
  expect(Number(index)).toBeGreaterThanOrEqual(5);
  expect(readdirSync(join(copy, "chunks")).length).toBeGreaterThan(0);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(await said).not.toMatch(/"level":"(?:warn|error)"/u);
});
