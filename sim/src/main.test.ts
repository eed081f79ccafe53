import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { createBeginning } from "./beginning.ts";
import { Ledger } from "./ledger.ts";
import { runSeed } from "./run-seed.ts";
import { loadSimCharts } from "./sim-charts.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
/** A process starts in half a second, and on a busy machine in many: the bound only ends what hangs. */
const HANG_MS = 600_000;
const folder = mkdtempSync(join(tmpdir(), "swoosh-sim-main-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** Plays in a process of its own, as `make sim` does. */
function sim(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const none = { LEDGER: undefined, SEED: undefined, SEEDS: undefined, WORLD: undefined };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--no-warnings", MAIN, ...argv],
      { env: { ...process.env, ...none, ...env } },
      (error, out, err) => resolve({ code: error?.code ?? 0, out, err }),
    );
  });
}

it(
  "says what it played in its last line, and goes on behind its ledger",
  async () => {
    const path = join(folder, "ledger.jsonl");
    const first = await sim(["--seeds", "2", "--ledger", path]);
    expect([first.code, first.err]).toEqual([0, ""]);
    expect(first.out.trimEnd().split("\n").at(-1)).toMatch(
      /^2 seeds, 0 violations, [1-9]\d* seeds\/h\/core, \d+ x times real time$/u,
    );
    const second = await sim([], { SEEDS: "1", LEDGER: path });
    expect([second.code, second.err]).toEqual([0, ""]);
    expect(
      new Ledger(path).read().map(({ from, seeds, violations }) => [from, seeds, violations]),
    ).toEqual([
      [1, 2, 0],
      [3, 1, 0],
    ]);
    expect(readdirSync(folder)).toEqual(["ledger.jsonl"]);
  },
  HANG_MS,
);

it(
  "tells the same story of a seed as any other process does",
  async () => {
    const { code, err, out } = await sim([], { SEED: "3" });
    expect([code, err]).toEqual([0, ""]);
    const [commit, ...story] = out.trimEnd().split("\n");
    expect(commit).toMatch(/^commit (?:[0-9a-f]{12}\+?|unknown)$/u);
    expect(story).toEqual((await runSeed(await createBeginning(loadSimCharts()), 3)).story);
  },
  HANG_MS,
);

it(
  "says how it is used, where it does not understand what is asked of it",
  async () => {
    const { code, err, out } = await sim(["--world", "moon"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^"--world moon" .*\nusage: /u);
  },
  HANG_MS,
);
