import { createHash } from "node:crypto";
import { join } from "node:path";

/**
 * The folder of an instance's memories in a data folder; without an instance that of the node itself. No two instances have
 * the same one, also where the disk takes upper case for lower: names with capitals end in a part of their hash.
 */
export function memoryPath(data: string, instance?: string): string {
  const own = join(data, "mesh");
  if (instance === undefined) return own;
  const [chart = "", id = ""] = instance.split("/");
  return join(own, "of", chart, fileNameOf(id));
}

const HASH_DIGITS = 16;

function fileNameOf(id: string): string {
  const lower = id.toLowerCase();
  if (lower === id) return id;
  const digest = createHash("sha256").update(id).digest("hex");
  // Ids have no dot, so this is nobody else's name.
  return `${lower}.${digest.slice(0, HASH_DIGITS)}`;
}
