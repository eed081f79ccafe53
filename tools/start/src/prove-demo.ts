import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { judgeDemo, type Finding } from "./judge-demo.ts";

/**
 * Runs the demo as `make start` does, over this repository and a folder of its own, and proves from its log what it promises: its
 * times, a line for each step, every signature and outcome, every window. By itself, for the times are those of a machine that does
 * nothing else.
 */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const INSTANCE = "project/demo";

interface Run {
  readonly code: number | null;
  readonly out: string;
}

function run(
  [program = "", ...argv]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = spawn(program, argv, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out: Buffer.concat(pieces).toString() }));
  });
}

const swoosh = (...argv: readonly string[]): Promise<Run> =>
  run([process.execPath, "apps/cli/bin/swoosh.mjs", ...argv]);

function says(what: string, { code, out }: Run, word: string): Finding {
  return { what, ok: code === 0 && out.includes(word), detail: `exit ${code}: ${out.trimEnd()}` };
}

const folder = mkdtempSync(join(tmpdir(), "swoosh-demo-"));
try {
  const data = join(folder, "data");
  const env = { SWOOSH_DATA: data, SWOOSH_PORT: "0", SWOOSH_START_ONCE: "1" };
  const startedAt = Date.now();
  const demo = await run(["make", "start"], env);
  process.stdout.write(demo.out);
  const { out: journal } = await swoosh("journal", "cat", "--data", data, "--json");
  const records = journal
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const findings = [
    says("it ends well", demo, `completed ${INSTANCE}`),
    ...judgeDemo({ instance: INSTANCE, startedAt, records, printed: demo.out }),
    says("its log verifies", await swoosh("verify", "--data", data, "--signatures"), "sound"),
    says("it kept to its windows", await swoosh("audit", "windows", "--data", data), "all inside"),
  ];
  for (const { detail, ok, what } of findings)
    process.stdout.write(`${ok ? "yes" : "NO "}  ${what}: ${detail.split("\n").at(-1)}\n`);
  const failed = findings.filter(({ ok }) => !ok).length;
  if (failed > 0)
    process.stdout.write(
      `load of this machine: ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores\n`,
    );
  process.stdout.write(`${findings.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
