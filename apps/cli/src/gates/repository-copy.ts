import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { git } from "./repository.ts";

/** Folders that are linked into a copy rather than copied: what is installed is not what is checked. */
const LINKED = ["node_modules", ".venv", "vendor"];

/**
 * Puts these files of a repository into a folder, with what is installed beside them, under version control as they are in the repository: checks that
 * ask git find the same files. Workspaces that npm has linked into node_modules lead to the copy's own: else a defect that is planted in one of
 * them would not be seen by the others.
 */
export async function copyRepository(
  root: string,
  copy: string,
  files: Iterable<string>,
): Promise<void> {
  for (const file of files) {
    const from = join(root, file);
    if (!existsSync(from) || !lstatSync(from).isFile()) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    copyFileSync(from, join(copy, file));
  }
  for (const folder of LINKED)
    if (existsSync(join(root, folder)) && !existsSync(join(copy, folder)))
      linkInstalled(root, copy, folder);
  if (!existsSync(join(root, ".git"))) return;
  await git(copy, ["init", "-q", "."]);
  await git(copy, ["add", "-A", "--", "."]);
}

function linkInstalled(root: string, copy: string, folder: string): void {
  mkdirSync(join(copy, folder));
  for (const name of readdirSync(join(root, folder))) {
    const path = join(folder, name);
    if (name.startsWith("@") && lstatSync(join(root, path)).isDirectory())
      linkInstalled(root, copy, path);
    else symlinkSync(targetOf(root, join(root, path)), join(copy, path));
  }
}

/** A link into the repository itself stays as it is written; all else is where it was. */
function targetOf(root: string, path: string): string {
  if (!lstatSync(path).isSymbolicLink() || !existsSync(path)) return path;
  const written = readlinkSync(path);
  const real = relative(realpathSync(root), realpathSync(path));
  const isOwn = !written.startsWith(sep) && !/^(\.\.|node_modules|\.venv|vendor)(\/|$)/.test(real);
  return isOwn ? written : path;
}
