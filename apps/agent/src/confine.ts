import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { CONFINE_SCRIPT } from "./confine-script.ts";
import { planMounts } from "./plan-mounts.ts";

/** `root`: namespaces of our own right; `user`: within a namespace of users, as anybody may have. */
export type ConfineMode = "root" | "user";

export interface Confined {
  readonly argv: readonly string[];
  /** The task's checkout. */
  readonly folder: string;
  /** A folder that is the task's alone: its stage, and what it takes for temporary. Made by `makeBeside`. */
  readonly beside: string;
  /** Files and folders that it may not see. */
  readonly hidden: readonly string[];
  readonly programs: string;
}

/** The program and its arguments that run `argv` confined. Its third descriptor says `confined` when it is (`CONFINE_SCRIPT`). */
export function confine(mode: ConfineMode, wanted: Confined): readonly string[] {
  const { argv, beside, folder, hidden, programs } = wanted;
  const mounts = planMounts({ checkout: folder, temporary: temporaryIn(beside), hidden, programs });
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return [
    "unshare",
    ...(mode === "user" ? ["--user", "--map-root-user"] : []),
    "--mount",
    "--ipc",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    ...["sh", "-c", CONFINE_SCRIPT, "sh"],
    mode === "user" ? `${uid}:${gid}` : mode,
    join(beside, "stage"),
    folder,
    String(mounts.length),
    ...mounts.flatMap(({ kind, path, source }) => [kind, path, source]),
    ...argv,
  ];
}

/** Makes the folder that a confined task has for itself; who made it removes it. */
export async function makeBeside(beside: string): Promise<void> {
  await mkdir(join(beside, "stage"), { recursive: true });
  await mkdir(temporaryIn(beside));
  await chmod(temporaryIn(beside), 0o1777);
}

/** What a task writes to `/tmp`. */
export function temporaryIn(beside: string): string {
  return join(beside, "tmp");
}
