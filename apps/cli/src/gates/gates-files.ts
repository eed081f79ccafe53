import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  hasErrors,
  readLadderFile,
  readLifecycleFile,
  type FileProblem,
  type Ladder,
  type Lifecycle,
} from "@swoosh/gates";
import { readText } from "../read-text.ts";
import { readIfThere } from "./write-whole.ts";

export const LADDER_FILE = "gates/maturity.yaml";
export const LIFECYCLE_FILE = "gates/lifecycle.yaml";
export const GAPS_FILE = "gates/gaps.yaml";

/** One file that people wrote, and what is wrong with it. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly problems: readonly FileProblem[];
}

export interface GatesFiles {
  readonly ladder: Ladder | undefined;
  readonly lifecycle: Lifecycle | undefined;
  readonly sources: readonly SourceFile[];
  /** No file has an error. */
  readonly isSound: boolean;
}

/** Reads what the repository says about its gates. A missing file is none; a broken one is told. */
export function readGatesFiles(root: string): GatesFiles {
  const sources: SourceFile[] = [];
  let ladder: Ladder | undefined;
  let lifecycle: Lifecycle | undefined;
  if (existsSync(join(root, LADDER_FILE))) {
    const text = readText(join(root, LADDER_FILE));
    const read = readLadderFile(text, readIfThere(join(root, GAPS_FILE)));
    ladder = read.ladder;
    sources.push({ file: LADDER_FILE, text, problems: read.problems });
  }
  if (existsSync(join(root, LIFECYCLE_FILE))) {
    const text = readText(join(root, LIFECYCLE_FILE));
    const read = readLifecycleFile(text);
    lifecycle = read.lifecycle;
    const clash: readonly FileProblem[] =
      ladder !== undefined && ladder.name === lifecycle?.name
        ? [
            {
              severity: "error",
              code: "same_name",
              message: `the lifecycle and the ladder are both called "${ladder.name}"; their criteria would be the same: give one another name`,
              path: [],
              line: 1,
              column: 1,
            },
          ]
        : [];
    sources.push({ file: LIFECYCLE_FILE, text, problems: [...read.problems, ...clash] });
  }
  return {
    ladder,
    lifecycle,
    sources,
    isSound: sources.every(({ problems }) => !hasErrors(problems)),
  };
}
