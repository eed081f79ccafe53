import { matchesGlob } from "./match-glob.ts";

/** What a change is, and why it is thought so. */
export interface ChangeClass {
  readonly kind: "feature" | "other";
  /** It calls itself something else, but touches what only features touch. */
  readonly isMislabelled: boolean;
  readonly why: string;
}

/** By trailer (`Change: feature`) or by path; the path wins, whatever the trailer says. */
export function classifyChange(change: {
  readonly trailer: string | null;
  readonly paths: readonly string[];
  readonly featurePaths: readonly string[];
}): ChangeClass {
  const touched = change.paths.find((path) =>
    change.featurePaths.some((glob) => matchesGlob(glob, path)),
  );
  const claimed = change.trailer?.trim().toLowerCase() ?? null;
  if (claimed === "feature")
    return { kind: "feature", isMislabelled: false, why: "its trailer says so" };
  if (touched === undefined)
    return {
      kind: "other",
      isMislabelled: false,
      why:
        claimed === null
          ? "no trailer, and no feature path is touched"
          : `its trailer says ${claimed}`,
    };
  const why =
    claimed === null
      ? `it touches ${touched}`
      : `its trailer says ${claimed}, but it touches ${touched}`;
  return { kind: "feature", isMislabelled: claimed !== null, why };
}
