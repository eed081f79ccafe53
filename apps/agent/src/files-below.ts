import { lstat, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { inside } from "./checkout.ts";

/**
 * The place below the root, where something is there, and unless a link on the way leads out of it: what a task made is read with our rights, and its
 * links may point to whatever it could not read itself.
 */
export async function placeWithin(root: string, path: string): Promise<string | undefined> {
  const place = inside(root, path);
  const [top, real] = await Promise.all(
    [root, place].map((one) => realpath(one).catch(() => undefined)),
  );
  if (top === undefined || real === undefined) return undefined;
  return real === top || real.startsWith(`${top}${sep}`) ? place : undefined;
}

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
