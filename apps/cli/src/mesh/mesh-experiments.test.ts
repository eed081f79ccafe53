import { createEventWriter } from "@swoosh/mesh";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXIT } from "../exit-code.ts";
import { runSwoosh } from "../test/run-swoosh.ts";

const ROOT = mkdtempSync(join(tmpdir(), "swoosh-experiments-"));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

describe("experiments on the command line", () => {
  it("run, are told in a report, and the report is checked byte by byte", async () => {
    const [samples, out] = [join(ROOT, "samples"), join(ROOT, "report")];
    const places = ["--samples", samples, "--out", out];
    const run = await runSwoosh([
      "mesh",
      "experiment",
      "events.hops",
      "--size",
      "small",
      "--samples",
      samples,
      "--quiet",
    ]);
    expect(run).toMatchObject({
      code: EXIT.ok,
      out: expect.stringContaining("pass    events.hops"),
    });
    expect((await runSwoosh(["mesh", "report", ...places])).code).toBe(EXIT.ok);
    expect(await runSwoosh(["mesh", "report", "--check", ...places])).toMatchObject({
      code: EXIT.ok,
      err: "",
    });

    const report = join(out, "report.md");
    const text = readFileSync(report, "utf8");
    expect(text).toMatch(
      /run on \d{4}-\d\d-\d\d \d\d:\d\d UTC for [0-9.]+ s, load .* mesh sources .* at commit/,
    );
    writeFileSync(report, text.replace("| pass |", "| fail |"));
    expect(await runSwoosh(["mesh", "report", "--check", ...places])).toMatchObject({
      code: EXIT.no,
      err: expect.stringContaining("report.md is not what its results give"),
    });
    writeFileSync(report, text);

    const results = join(out, "results.jsonl");
    const kept = readFileSync(results, "utf8");
    writeFileSync(results, kept.replace('"outcome":"pass"', '"outcome":"fail"'));
    expect((await runSwoosh(["mesh", "report", "--check", ...places])).err).toContain(
      "the result is not what its raw samples give",
    );
    writeFileSync(results, `${kept}{"summary":`);
    expect(await runSwoosh(["mesh", "report", "--check", ...places])).toMatchObject({
      code: EXIT.world,
      err: expect.stringContaining("results.jsonl, line 2"),
    });
    writeFileSync(results, kept);

    const raw = join(samples, "events.hops.jsonl");
    writeFileSync(raw, readFileSync(raw, "utf8").slice(0, -20));
    expect(await runSwoosh(["mesh", "report", ...places])).toMatchObject({
      code: EXIT.world,
      err: expect.stringContaining("the last line is cut"),
    });
  });

  it("lists what there is when asked for what there is not", async () => {
    const asked = await runSwoosh(["mesh", "experiment", "load.nothing", "--samples", ROOT]);
    expect(asked).toMatchObject({
      code: EXIT.usage,
      err: expect.stringContaining("load.zero-drops"),
    });
  });
});

describe("event logs on the command line", () => {
  const writer = createEventWriter();
  const lines = [
    writer.line({ type: "begin", schema: 2, width: 5, height: 5, wraps: 1, reach: 8, seed: 1 }, 0),
    writer.line({ type: "inject", shard: 1, cell: 0, to: 1, payload: "p", ttlTicks: 9 }, 0),
    writer.line({ type: "hop", shard: 1, from: 0, to: 1, reason: "target", hops: 1 }, 2),
    writer.line({ type: "deliver", shard: 1, cell: 1, hops: 1 }, 2),
    writer.line({ type: "close", injected: 1, delivered: 1, inFlight: 0 }, 3),
  ];
  const write = (name: string, text: string): string => {
    const path = join(ROOT, name);
    writeFileSync(path, text);
    return path;
  };

  it("are validated and replayed", async () => {
    const path = write("good.jsonl", lines.join(""));
    expect(await runSwoosh(["mesh", "validate", path])).toMatchObject({
      code: EXIT.ok,
      out: "5 lines, all good; closed in order\n",
    });
    const state = await runSwoosh(["mesh", "replay", path, "--json"]);
    expect(JSON.parse(state.out)).toMatchObject({
      tick: 3,
      injected: 1,
      delivered: 1,
      inFlight: 0,
      hops: 1,
    });
  });

  it("are refused without the line that closes them, unless they are said to be open", async () => {
    const path = write("open.jsonl", lines.slice(0, -1).join(""));
    expect(await runSwoosh(["mesh", "validate", path])).toMatchObject({
      code: EXIT.no,
      err: expect.stringMatching(/open\.jsonl:5: the line that closes the log is missing.*--open/),
    });
    const told = await runSwoosh(["mesh", "validate", path, "--json"]);
    expect(told.code).toBe(EXIT.no);
    expect(JSON.parse(told.out)).toMatchObject({ ok: false, closed: false, lines: 4, line: 5 });
    expect(await runSwoosh(["mesh", "validate", path, "--open"])).toMatchObject({
      code: EXIT.ok,
      out: "4 lines, all good; not closed yet\n",
    });
    const damaged = write("open-damaged.jsonl", lines.toSpliced(1, 1).slice(0, -1).join(""));
    expect((await runSwoosh(["mesh", "validate", damaged, "--open"])).code).toBe(EXIT.no);
  });

  it("are refused by the line that is wrong", async () => {
    const swapped = write(
      "swapped.jsonl",
      lines
        .with(2, lines[3] ?? "")
        .with(3, lines[2] ?? "")
        .join(""),
    );
    expect(await runSwoosh(["mesh", "validate", swapped])).toMatchObject({
      code: EXIT.no,
      err: expect.stringContaining(`${swapped}:3: seq 3 where 2 comes next`),
    });
    const cut = write("cut.jsonl", lines.join("").slice(0, -9));
    expect(await runSwoosh(["mesh", "validate", cut, "--json"])).toMatchObject({
      code: EXIT.no,
      out: expect.stringContaining('"line":5'),
    });
    expect(await runSwoosh(["mesh", "replay", cut])).toMatchObject({
      code: EXIT.no,
      out: expect.stringContaining("delivered    1"),
    });
    expect((await runSwoosh(["mesh", "validate", write("empty.jsonl", "")])).err).toContain(
      "the log is empty",
    );
    expect((await runSwoosh(["mesh", "validate", join(ROOT, "absent.jsonl")])).code).toBe(
      EXIT.world,
    );
  });
});
