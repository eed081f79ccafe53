import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "@swoosh/gates";
import { copyRepository } from "./repository-copy.ts";
import { freePort, StartedProgram, waitUntilReady } from "./started-program.ts";
import { trackedPaths } from "./tracked-texts.ts";

export interface ProgramRules {
  readonly command: string;
  /** `{port}` and `{data}` in command, url and verify are filled in. */
  readonly url: string;
  readonly withinMs: number;
  readonly expect: string | null;
  /** After recovery: a command that must end with 0. */
  readonly verify: string | null;
}

/** Peak memory of a command and all that it starts, by the kernel's own high-water marks and by sampling their sum. */
export async function checkMemory(
  root: string,
  rules: { readonly command: string; readonly budgetBytes: number; readonly timeoutMs: number },
): Promise<readonly Finding[]> {
  const program = new StartedProgram(rules.command, root);
  let peakBytes = 0;
  const sample = (): void => {
    const { nowBytes, peakBytes: own } = program.memory();
    peakBytes = Math.max(peakBytes, nowBytes, own);
  };
  const sampling = setInterval(sample, 40);
  const timer = setTimeout(() => program.kill("SIGKILL"), rules.timeoutMs);
  sample();
  const { code, signal } = await program.end;
  clearInterval(sampling);
  clearTimeout(timer);
  program.kill("SIGKILL");
  const tell = (message: string): readonly Finding[] => [{ file: "memory", line: null, message }];
  if (code !== 0)
    return tell(
      `the command did not succeed (${code === null ? (signal ?? "not started") : `exit ${code}`}): nothing was measured`,
    );
  if (peakBytes === 0)
    return tell("nothing was measured: the command ended before its memory could be read");
  return peakBytes <= rules.budgetBytes
    ? []
    : tell(`peak ${mebibytes(peakBytes)}, the budget is ${mebibytes(rules.budgetBytes)}`);
}

/** The program boots from a copy of the tracked files alone, and answers. */
export async function checkCleanBoot(
  root: string,
  rules: ProgramRules,
): Promise<readonly Finding[]> {
  const copy = mkdtempSync(join(tmpdir(), "swoosh-boot-"));
  try {
    await copyRepository(root, copy, await trackedPaths(root));
    return await withProgram(copy, rules, async () => undefined, "clean boot");
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Killed without a warning, the program comes back over the same data, and `verify` is content. */
export async function checkRecovery(
  root: string,
  rules: ProgramRules,
): Promise<readonly Finding[]> {
  const data = mkdtempSync(join(tmpdir(), "swoosh-recover-"));
  try {
    const port = await freePort();
    const filled = fill(rules, { port, data });
    const tell = (message: string): readonly Finding[] => [
      { file: "recovery", line: null, message },
    ];
    const first = new StartedProgram(filled.command, root);
    const unready = await waitUntilReady(first, filled);
    first.kill("SIGKILL");
    await first.end;
    if (unready !== undefined) return tell(`the first start: ${unready}`);
    const second = new StartedProgram(filled.command, root);
    try {
      const unrecovered = await waitUntilReady(second, filled);
      if (unrecovered !== undefined) return tell(`after kill -9: ${unrecovered}`);
      if (filled.verify === null) return [];
      const verify = new StartedProgram(filled.verify, root);
      const { code } = await verify.end;
      return code === 0
        ? []
        : tell(
            `after kill -9 it answers, but what it holds is not right: ${verify.output.trim().split("\n").at(-1) ?? `exit ${code ?? "?"}`}`,
          );
    } finally {
      await stop(second);
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function withProgram(
  cwd: string,
  rules: ProgramRules,
  act: () => Promise<string | undefined>,
  what: string,
): Promise<readonly Finding[]> {
  const data = mkdtempSync(join(tmpdir(), "swoosh-data-"));
  const filled = fill(rules, { port: await freePort(), data });
  const program = new StartedProgram(filled.command, cwd);
  try {
    const problem = (await waitUntilReady(program, filled)) ?? (await act());
    return problem === undefined ? [] : [{ file: what, line: null, message: problem }];
  } finally {
    await stop(program);
    rmSync(data, { recursive: true, force: true });
  }
}

function fill(
  rules: ProgramRules,
  { port, data }: { readonly port: number; readonly data: string },
): ProgramRules {
  const put = (text: string): string =>
    text.replaceAll("{port}", String(port)).replaceAll("{data}", data);
  return {
    ...rules,
    command: put(rules.command),
    url: put(rules.url),
    verify: rules.verify === null ? null : put(rules.verify),
  };
}

async function stop(program: StartedProgram): Promise<void> {
  program.kill("SIGTERM");
  const timer = setTimeout(() => program.kill("SIGKILL"), 3_000);
  await program.end;
  clearTimeout(timer);
  program.kill("SIGKILL");
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MiB`;
}
