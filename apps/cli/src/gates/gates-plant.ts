import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { copyRepository } from "./repository-copy.ts";
import { repositoryFacts } from "./repository-facts.ts";
import { findRoot, git } from "./repository.ts";

export interface PlantOptions {
  readonly file: string;
  readonly command: readonly string[];
  readonly append?: string;
  readonly prepend?: string;
  readonly replace?: string;
  readonly remove: boolean;
  readonly repo?: string;
}

/**
 * `swoosh gates plant FILE … -- COMMAND`: runs a command in a copy of the repository with one defect planted, and ends as it
 * ends. This is how a negative shows that a check can fail, without touching the repository. Where nothing could be planted it ends
 * with 126, which shows nothing: else a defect that no longer fits its file would pass for a check that can fail.
 */
export async function runGatesPlant(port: ConsolePort, options: PlantOptions): Promise<ExitCode> {
  const root = await findRoot(options.repo ?? process.cwd());
  const copy = mkdtempSync(join(tmpdir(), "swoosh-plant-"));
  try {
    const { files } = await repositoryFacts(root);
    const gates = ((await git(root, ["ls-files", "-z", "gates", "docs/living"])) ?? "")
      .split("\0")
      .filter((file) => file !== "");
    await copyRepository(root, copy, new Set([...files, ...gates]));
    const trouble = plant(copy, options);
    if (trouble !== undefined) {
      port.err(`swoosh gates plant: ${trouble}\n`);
      return EXIT.cannotRun;
    }
    const command =
      options.command.length === 1
        ? (options.command[0] ?? "")
        : options.command.map(quote).join(" ");
    const ended = spawnSync("/bin/sh", ["-c", command], {
      cwd: copy,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, SWOOSH_ROOT: copy },
    });
    if (ended.error !== undefined)
      throw new WorldError(`the command cannot be started: ${ended.error.message}`);
    if (ended.status === 126 || ended.status === 127) return EXIT.notFound;
    return ended.status === 0 ? EXIT.ok : EXIT.no;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** undefined: it is planted; else why not. */
function plant(
  copy: string,
  { file, append, prepend, replace, remove }: PlantOptions,
): string | undefined {
  const path = join(copy, file);
  if (remove) {
    if (!existsSync(path)) return `${file} is not in the repository: nothing can be removed`;
    rmSync(path, { recursive: true });
    return undefined;
  }
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (replace !== undefined) {
    const at = replace.indexOf("=>");
    if (at < 0) return `--replace "${replace}" has no =>; write FROM=>TO`;
    const from = replace.slice(0, at);
    if (!text.includes(from)) return `${file} has no "${from}": nothing was planted`;
    writeFileSync(
      path,
      text.replace(from, () => replace.slice(at + 2)),
    );
  } else if (prepend !== undefined) writeFileSync(path, `${prepend}\n${text}`);
  else if (append !== undefined)
    appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${append}\n`);
  else return "nothing is planted; give --append, --prepend, --replace or --remove";
  return undefined;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
