import process from "node:process";
import type { Ladder, Lifecycle } from "@swoosh/gates/status";
import type { ConsolePort } from "../console-port.ts";
import { formatProblems, summarize } from "../format-problems.ts";
import { createPaint } from "../paint.ts";
import type { GatesFiles } from "./gates-files.ts";
import { findRoot } from "./repository.ts";
import { rememberedFiles, rememberFiles } from "./remembered-files.ts";

export interface GatesSession {
  readonly root: string;
  readonly ladder: Ladder | undefined;
  readonly lifecycle: Lifecycle | undefined;
}

/** The repository and its files; undefined after their problems were printed. Warnings are printed unless `quiet`. */
export async function readSession(
  port: ConsolePort,
  options: { readonly repo: string | undefined; readonly quiet: boolean },
): Promise<GatesSession | undefined> {
  const root = await findRoot(options.repo ?? process.cwd());
  const files = rememberedFiles(root) ?? (await readAnew(root));
  const paint = createPaint(port.colour.err);
  for (const { file, text, problems } of files.sources) {
    const shown = options.quiet
      ? problems.filter(({ severity }) => severity === "error")
      : problems;
    if (shown.length > 0)
      port.err(`${formatProblems(file, text, shown, paint)}${file}: ${summarize(shown)}\n`);
  }
  return files.isSound ? { root, ladder: files.ladder, lifecycle: files.lifecycle } : undefined;
}

async function readAnew(root: string): Promise<GatesFiles> {
  const { readGatesFiles } = await import("./gates-files.ts");
  const files = readGatesFiles(root);
  rememberFiles(root, files);
  return files;
}
