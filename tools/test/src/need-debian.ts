import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** What a part needs from the system. */
export interface DebianNeed {
  /** Program that must be in PATH, e.g. `chromium-headless-shell`. */
  readonly program: string;
  /** Debian package that brings it. */
  readonly debianPackage: string;
  /** What cannot run without it, for the message. */
  readonly purpose: string;
}

/** The machine as seen by needDebian; a test hands in its own. */
export interface Machine {
  find(program: string): string | undefined;
  readonly isRoot: boolean;
  /** Runs apt-get without questions; gives what went wrong, or null. */
  aptGet(argv: readonly string[]): string | null;
}

/** Path of the program; installed by apt-get first where it is missing and we may. Throws with what to do otherwise. */
export function needDebian(need: DebianNeed, machine: Machine = thisMachine()): string {
  const present = machine.find(need.program);
  if (present !== undefined) return present;
  const byHand = `install it by hand: apt-get install ${need.debianPackage}`;
  if (machine.find("apt-get") === undefined) {
    throw new Error(
      `${need.program} is missing for ${need.purpose}, and this is no Debian; ${byHand} (or its like)`,
    );
  }
  if (!machine.isRoot) {
    throw new Error(
      `${need.program} is missing for ${need.purpose}, and only root may install; ${byHand}`,
    );
  }
  const install = ["install", "--yes", "--no-install-recommends", need.debianPackage];
  // A machine whose package lists are missing or old knows the package only after an update.
  const failure =
    machine.aptGet(install) === null
      ? null
      : (machine.aptGet(["update"]) ?? machine.aptGet(install));
  if (failure !== null) {
    throw new Error(
      `${need.program} is missing for ${need.purpose}, and apt-get failed: ${failure}; ${byHand}`,
    );
  }
  const installed = machine.find(need.program);
  if (installed === undefined) {
    throw new Error(
      `Debian package ${need.debianPackage} is installed, but brings no program ${need.program}`,
    );
  }
  return installed;
}

function thisMachine(): Machine {
  return {
    find: (program) =>
      (process.env["PATH"] ?? "")
        .split(delimiter)
        .map((f) => join(f, program))
        .find(isExecutable),
    isRoot: process.getuid?.() === 0,
    aptGet: (argv) => {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      const run = spawnSync("apt-get", argv, {
        env,
        encoding: "utf8",
        stdio: ["ignore", "ignore", "pipe"],
      });
      if (run.error !== undefined) return run.error.message;
      return run.status === 0 ? null : run.stderr.trim();
    },
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The headless browser on which the kernel's bytes are compared with Node's. */
export const CHROMIUM: DebianNeed = {
  program: "chromium-headless-shell",
  debianPackage: "chromium-headless-shell",
  purpose: "the determinism run in a browser",
};

/** Prometheus' own checker, for what the server says to it and for the rules that are shipped. */
export const PROMTOOL: DebianNeed = {
  program: "promtool",
  debianPackage: "prometheus",
  purpose: "the check of metrics and alert rules",
};
