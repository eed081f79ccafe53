import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";
import { temporaryFolder } from "./test/temporary-folder.ts";

const folder = temporaryFolder();
const ORDER = fileURLToPath(new URL("../../../examples/order/example-chart.yaml", import.meta.url));

describe("swoosh sim", () => {
  it("plays a chart, and says what was reached", async () => {
    const held = await runSwoosh([
      "sim",
      ORDER,
      "--seeds",
      "3",
      "--invariant",
      "context.items.size() <= 10",
    ]);
    expect([held.code, held.err]).toEqual([0, ""]);
    expect(held.out).toMatch(/order Order_Add: accepted \d+ times/u);
    expect(held.out).toMatch(/3 runs, \d+ records: everything held\n$/u);
  });

  it("tells a run that breaks an invariant, as text, as JSON and as a page, and how to play it again", async () => {
    const page = folder.write("story.html", "");
    const invariant = ["--invariant", "context.items.size() < 2"];
    const broken = await runSwoosh(["sim", ORDER, ...invariant, "--html", page]);
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(
      /invariants: context\.items\.size\(\) < 2 is false for order\/s\d after record \d+/u,
    );
    expect(readFileSync(page, "utf8")).toContain("context.items.size() &lt; 2 is false");
    const seed = /again: swoosh sim .* --seed (\d+) --seeds 1/u.exec(broken.out)?.[1] ?? "";
    const again = await runSwoosh([
      "sim",
      ORDER,
      ...invariant,
      "--seed",
      seed,
      "--seeds",
      "1",
      "--json",
    ]);
    const answer: { failed: { seed: number } | null } = JSON.parse(again.out);
    expect(answer.failed?.seed).toBe(Number(seed));
  });

  it("says what is wrong with an invariant, a chart or a script", async () => {
    const bad = await runSwoosh(["sim", ORDER, "--invariant", "context.gone"]);
    expect([bad.code, bad.err]).toEqual([
      2,
      expect.stringMatching(/the invariant context\.gone: .*gone/u),
    ]);
    const script = folder.write("script.jsonl", '{"instance":"order/a"}\n');
    const unread = await runSwoosh(["sim", ORDER, "--script", script]);
    expect([unread.code, unread.err]).toEqual([
      3,
      expect.stringMatching(/script\.jsonl, line 1: /u),
    ]);
    expect((await runSwoosh(["sim", ORDER, "--seeds", "0"])).code).toBe(2);
  });
});
