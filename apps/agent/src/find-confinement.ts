import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { confine, makeBeside, type ConfineMode } from "./confine.ts";
import { PROBE_MS } from "./limits.ts";

/** How tasks are confined on this host, or why they cannot be. */
export type Confinement = { readonly mode: ConfineMode } | { readonly why: string };

/** Tries it once, with a program that does nothing. Never rejects. */
export async function findConfinement(): Promise<Confinement> {
  if (process.platform !== "linux")
    return { why: `${process.platform} has no namespaces as Linux has them` };
  const modes: readonly ConfineMode[] = process.getuid?.() === 0 ? ["root", "user"] : ["user"];
  let why = "";
  for (const mode of modes) {
    const problem = await tryMode(mode).catch(String);
    if (problem === null) return { mode };
    why ||= problem;
  }
  return { why };
}

/** Why it cannot be done this way, or null. */
export async function tryMode(mode: ConfineMode): Promise<string | null> {
  const root = await mkdtemp(join(tmpdir(), "swoosh-confine-"));
  try {
    const beside = join(root, "beside");
    const folder = join(root, "checkout");
    const hidden = join(root, "hidden");
    await Promise.all([makeBeside(beside), mkdir(folder), mkdir(hidden)]);
    const programs = process.env["PATH"] ?? "";
    const argv = confine(mode, { argv: ["true"], beside, folder, hidden: [hidden], programs });
    return await failureOf(argv);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function failureOf([program = "", ...rest]: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    // Descriptor 3 is asked for by the script; nobody listens here, the exit code says it.
    const argv = ["-c", 'exec "$@" 3>/dev/null', "sh", program, ...rest];
    execFile("/bin/sh", argv, { timeout: PROBE_MS }, (error, _out, said) => {
      if (error === null) resolve(null);
      else resolve(said.trim().split("\n")[0] || error.message.split("\n")[0] || "it failed");
    });
  });
}
