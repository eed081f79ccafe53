import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-cli-redact-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const TEXT = "Ms Winterbottom asked for it";

const holders = (): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(TEXT),
    )
    .map(({ name }) => name);

it("a justification goes in as a commitment, and its text goes for good", async () => {
  const data = join(root, "data");
  const on = (...argv: readonly string[]) => runSwoosh([...argv, "--data", data]);
  expect((await on("init")).code).toBe(0);
  const inputs = JSON.stringify({ reason: "try", variant: "on" });
  const propose = ["propose", "flag/a", "Flag_Set", "--inputs", inputs];
  const bare = await on(...propose, "--redactable");
  expect([bare.code, bare.err]).toEqual([3, expect.stringContaining("give --justification")]);
  const whole = [...propose, "--justification", TEXT, "--redactable"];
  expect(await on(...whole)).toMatchObject({ code: 0, err: "" });
  expect(holders()).toHaveLength(1);

  const decisions = await on("decisions", "--instance", "flag/a", "--json");
  const { justification: hash, redactions } = JSON.parse(decisions.out);
  expect(redactions).toEqual(["justification"]);
  expect((await on("redact", "flag/a", "--reason", "wrong word")).code).toBe(2);
  expect(await on("redact", hash, "--reason", "erasure request 17")).toMatchObject({ code: 0 });
  expect(holders()).toEqual([]);
  expect((await on("why", "flag/a")).out).toContain(`it was justified: ${hash}`);
});
