import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { WorldError } from "../world-error.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const HOUSE_MS_MAX = 1_800_000;

/**
 * Runs commands at the root of this repository, with its own programs first on the path; undefined where this is no
 * checkout of it. A command that takes longer than half an hour is ended, and has failed.
 */
export function lentHouse():
  | ((command: readonly string[]) => Promise<{ readonly code: number }>)
  | undefined {
  if (!existsSync(join(ROOT, "gates/spec.yaml")) || !existsSync(join(ROOT, ".git")))
    return undefined;
  const path = `${join(ROOT, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  return ([program = "", ...words]) =>
    new Promise((resolve) => {
      const child = spawn(program, words, {
        cwd: ROOT,
        env: { ...process.env, PATH: path },
        stdio: "ignore",
        timeout: HOUSE_MS_MAX,
      });
      child.once("error", () => resolve({ code: 127 }));
      child.once("close", (code) => resolve({ code: code ?? 1 }));
    });
}

/** ms of user time that Golly's QuickLife takes to load a pattern and run it so far; undefined where it is not installed. */
export function lentGolly(): ((rle: string, generations: number) => number) | undefined {
  const program = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "bgolly"))
    .find(isProgram);
  if (program === undefined) return undefined;
  return (rle, generations) => {
    const folder = mkdtempSync(join(tmpdir(), "swoosh-golly-"));
    try {
      const file = join(folder, "soup.rle");
      writeFileSync(file, rle);
      // The shell's own `times` tells what its children used; a clock on the wall would count what others do.
      const script = '"$0" -a QuickLife -q -m "$1" -i "$1" "$2" >/dev/null && times';
      const told = spawnSync("/bin/sh", ["-c", script, program, String(generations), file], {
        encoding: "utf8",
      });
      const ms = childrenUserMs(told.stdout);
      if (told.status !== 0 || ms === undefined)
        throw new WorldError(`bgolly failed: ${told.stderr.trim().slice(-300)}`);
      return ms;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

/** The second line of `times`: `0m1.230s 0m0.040s`, user and system time of the children. */
function childrenUserMs(told: string): number | undefined {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s/.exec(told.split("\n")[1] ?? "") ?? [];
  return minutes === undefined || seconds === undefined
    ? undefined
    : Math.round(Number(minutes) * 60_000 + Number(seconds) * 1_000);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
