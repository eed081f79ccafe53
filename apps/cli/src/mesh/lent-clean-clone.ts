import type { CloneEnded, CloneTask } from "@swoosh/mesh";
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** Of one command: `make test` of a loaded machine, with all that it installs first. */
const COMMAND_MS_MAX = 7_200_000;
const BEAT_MS = 10_000;
/** Of what a command printed, its end: where the summary is. */
const OUTPUT_MAX = 1_048_576;

/** Clones the repository that this program runs from; undefined where it is no checkout. */
export function lentCleanClone(): ((task: CloneTask) => Promise<CloneEnded>) | undefined {
  return existsSync(join(ROOT, ".git")) ? (task) => runInClone(ROOT, task) : undefined;
}

/**
 * A clone of the commit that is checked out, in a folder of its own, in which a command is run so often, one after the other; ends
 * early where it fails. What is not committed is not in it. Nothing of this checkout is on the path there, and nothing is installed,
 * unless the task borrows what is installed here.
 */
export async function runInClone(root: string, task: CloneTask): Promise<CloneEnded> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "swoosh-clone-")));
  const clone = join(folder, "clone");
  try {
    const commit = git(root, ["rev-parse", "HEAD"]);
    git(root, ["clone", "--quiet", "--no-hardlinks", root, clone]);
    git(clone, ["checkout", "--quiet", "--detach", commit]);
    if (task.borrowsInstalled) symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
    if (task.planted !== undefined) {
      const path = join(clone, task.planted.file);
      if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, task.planted.text);
    }
    const codes: number[] = [];
    let output = "";
    while (codes.length < task.times && !codes.some((code) => code !== 0)) {
      const ended = await run(clone, root, task);
      codes.push(ended.code);
      output = ended.output;
    }
    return { codes, output };
  } catch (cause) {
    return { codes: [], output: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function git(cwd: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", words, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${words[0] ?? ""} failed: ${stderr.trim()}`);
  return stdout.trim();
}

/** One command, with all that it starts: it ends with this program, and after two hours. */
function run(
  clone: string,
  root: string,
  { command: [program = "", ...words], onBeat }: CloneTask,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd: clone,
      env: { ...process.env, PATH: pathWithout(root) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const keep = (text: string): void => {
      output = (output + text).slice(-OUTPUT_MAX);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    process.once("exit", end);
    const beat = setInterval(onBeat, BEAT_MS);
    const limit = setTimeout(end, COMMAND_MS_MAX);
    const settle = (code: number): void => {
      clearInterval(beat);
      clearTimeout(limit);
      process.off("exit", end);
      resolve({ code, output });
    };
    child.once("error", ({ message }) => {
      keep(message);
      settle(127);
    });
    child.once("close", (code) => settle(code ?? 1));
  });
}

/** The path as a person has it: npx puts this checkout's programs first. */
function pathWithout(root: string): string {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, "node_modules")))
    .join(delimiter);
}
