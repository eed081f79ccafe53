import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { isSecretName } from "@swoosh/gates";
import type { RunOptions } from "./run-command.ts";
import { RunningGroups } from "./running-groups.ts";

/** How checks are run here: their environment, what is secret in it, and the groups that are under way. */
export function runOptions(root: string, signal?: AbortSignal): RunOptions {
  const groups = new RunningGroups(join(root, ".swoosh", "gates", "running"));
  groups.sweep();
  const path = [
    shimFolder(root),
    join(root, "node_modules", ".bin"),
    process.env["PATH"] ?? "",
  ].join(delimiter);
  const secrets = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && isSecretName(name) ? [value] : [],
  );
  return {
    root,
    environment: { PATH: path, SWOOSH_ROOT: root },
    groups,
    secrets,
    now: () => Date.now(),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** A folder in which `swoosh` is this very program: checks call it by its name. */
function shimFolder(root: string): string {
  const folder = join(root, ".swoosh", "gates", "bin");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const door = fileURLToPath(new URL("../../bin/swoosh.mjs", import.meta.url));
  const shim = join(folder, "swoosh");
  writeFileSync(shim, `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(door)} "$@"\n`);
  chmodSync(shim, 0o755);
  return folder;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
