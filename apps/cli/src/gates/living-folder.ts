import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readIssueHead } from "@swoosh/gates";
import { readIfThere } from "./write-whole.ts";

/** Where the living documents of a repository lie, all but MATURITY.md. */
export const LIVING = "docs/living";

export function livingPath(root: string, name: string): string {
  mkdirSync(join(root, LIVING), { recursive: true });
  return join(root, LIVING, name);
}

export interface FoundIssue {
  /** `ISSUE-20260102-030405.md` */
  readonly name: string;
  readonly key: string;
  readonly status: string;
  readonly severity: string;
  readonly criterion: string;
}

/** Issues on disk, in order of their names. */
export function issuesIn(root: string): readonly FoundIssue[] {
  let names: readonly string[];
  try {
    names = readdirSync(join(root, LIVING)).toSorted();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    if (!/^ISSUE-\d{8}-\d{6}(?:-\d+)?\.md$/.test(name)) return [];
    const head = readIssueHead(readIfThere(join(root, LIVING, name)) ?? "");
    return head === undefined ? [] : [{ name, ...head }];
  });
}
