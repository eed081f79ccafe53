import { classifyChange, type ChangeClass, type Ladder, type LadderStatus } from "@swoosh/gates";
import type { Paint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { git } from "./repository.ts";

export interface JudgedChange extends ChangeClass {
  readonly isRefused: boolean;
  /** The level that is red. */
  readonly redLevel: number | null;
}

/**
 * Whether the commits since `base` (the one before, unless told otherwise) may come in: a red level refuses features, never the fix.
 * Red is a level that was reached and is not held now; before any is reached, level 0 is.
 */
export async function judgeChange(about: {
  readonly root: string;
  readonly ladder: Ladder | undefined;
  readonly status: LadderStatus | null;
  readonly base: string | undefined;
  readonly reached: number | undefined;
}): Promise<JudgedChange> {
  const { root, ladder, status } = about;
  const base = about.base ?? "HEAD~1";
  const key = ladder?.featureTrailer ?? "Change";
  const [trailers, committed, local] = await Promise.all([
    git(root, ["log", `--format=%(trailers:key=${key},valueonly)`, `${base}..HEAD`]),
    git(root, ["diff", "--name-only", "--relative", `${base}..HEAD`]),
    git(root, ["diff", "--name-only", "--relative", "HEAD"]),
  ]);
  const values = (trailers ?? "")
    .split("\n")
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== "");
  const trailer = values.includes("feature") ? "feature" : (values[0] ?? null);
  const paths = [
    ...new Set(`${committed ?? ""}\n${local ?? ""}`.split("\n").filter((path) => path !== "")),
  ];
  const change = classifyChange({ trailer, paths, featurePaths: ladder?.featurePaths ?? [] });
  const redLevel = redLevelOf(status, about.reached ?? -1);
  return { ...change, redLevel, isRefused: change.kind === "feature" && redLevel !== null };
}

function redLevelOf(status: LadderStatus | null, known: number): number | null {
  if (status === null) return null;
  const reached = Math.max(status.reached, known);
  if (reached < 0) return 0;
  return status.level < reached ? status.level + 1 : null;
}

export function formatChange(change: JudgedChange, paint: Paint): string {
  if (!change.isRefused)
    return `${change.kind === "feature" ? "a feature" : "no feature"} (${plainText(change.why)}); it may come in\n`;
  const label = change.isMislabelled ? "a mislabelled feature" : "a feature";
  return `${paint.error("refused")}: this change is ${label} (${plainText(change.why)}) and level ${change.redLevel ?? 0} is red. Features wait until it is held; a fix does not: name it with a trailer and leave feature paths alone.\n`;
}
