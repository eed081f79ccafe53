import type { Ladder } from "../ladder-file.ts";
import { readLadderFile } from "../ladder-file.ts";

/** A ladder of the given YAML levels; throws with every problem where it does not read. */
export function ladderOf(levels: string): Ladder {
  const { ladder, problems } = readLadderFile(`ladder: l\nlevels:\n${levels}`);
  if (ladder === undefined)
    throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return ladder;
}
