import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { repositoryFacts } from "./gates-init.ts";
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

/** Folders that are linked into the copy rather than copied: what is installed is not what is checked. */
const LINKED = ["node_modules", ".venv", "vendor"];

/**
 * `swoosh gates plant FILE … -- COMMAND`: runs a command in a copy of the repository with one defect planted, and ends as it
 * ends. This is how a negative shows that a check can fail, without touching the repository.
 */
export async function runGatesPlant(options: PlantOptions): Promise<ExitCode> {
  const root = await findRoot(options.repo ?? process.cwd());
  const copy = mkdtempSync(join(tmpdir(), "swoosh-plant-"));
  try {
    await copyRepository(root, copy);
    plant(copy, options);
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

async function copyRepository(root: string, copy: string): Promise<void> {
  const { files } = await repositoryFacts(root);
  const gates = ((await git(root, ["ls-files", "-z", "gates", "docs/living"])) ?? "")
    .split("\0")
    .filter((file) => file !== "");
  for (const file of new Set([...files, ...gates])) {
    const from = join(root, file);
    if (!existsSync(from)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    copyFileSync(from, join(copy, file));
  }
  for (const folder of LINKED)
    if (existsSync(join(root, folder)) && !existsSync(join(copy, folder)))
      symlinkSync(join(root, folder), join(copy, folder));
}

function plant(copy: string, { file, append, prepend, replace, remove }: PlantOptions): void {
  const path = join(copy, file);
  if (remove) {
    if (!existsSync(path))
      throw new WorldError(`${file} is not in the repository: nothing can be removed`);
    rmSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (replace !== undefined) {
    const at = replace.indexOf("=>");
    if (at < 0) throw new WorldError(`--replace "${replace}" has no =>; write FROM=>TO`);
    const from = replace.slice(0, at);
    if (!text.includes(from)) throw new WorldError(`${file} has no "${from}": nothing was planted`);
    writeFileSync(
      path,
      text.replace(from, () => replace.slice(at + 2)),
    );
  } else if (prepend !== undefined) writeFileSync(path, `${prepend}\n${text}`);
  else if (append !== undefined)
    appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${append}\n`);
  else throw new WorldError("nothing is planted; give --append, --prepend, --replace or --remove");
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
