import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** The file itself, or all files below the folder, in the order of their names. Links are passed over; what is not there is nothing. */
export async function filesBelow(path: string): Promise<readonly string[]> {
  const about = await lstat(path).catch(() => undefined);
  if (about === undefined) return [];
  if (about.isFile()) return [path];
  if (!about.isDirectory()) return [];
  const names = await readdir(path);
  const below: string[] = [];
  for (const name of names.toSorted()) below.push(...(await filesBelow(join(path, name))));
  return below;
}
