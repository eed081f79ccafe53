import { hasErrors, type FileProblem } from "./file-problem.ts";
import { FileReading } from "./file-reading.ts";
import { CRITERION_ID_LENGTH_MAX } from "./limits.ts";

/** A task specification: Markdown with front matter (seed 002, task structure). */
export interface TaskSpec {
  readonly id: string;
  readonly title: string;
  readonly phase: number | null;
  readonly acceptance: readonly string[];
  readonly tests: readonly string[];
  readonly dependsOn: readonly string[];
}

export interface ReadTaskSpec {
  readonly task?: TaskSpec;
  readonly problems: readonly FileProblem[];
}

const KEYS = ["id", "title", "phase", "acceptance", "atomic", "tests", "depends_on", "status"];

/** Atomic, testable, gated: what lacks one of the three is refused, with its line. */
export function readTaskSpec(text: string): ReadTaskSpec {
  const found = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  if (found === null) {
    const message =
      "the file begins with no front matter; three hyphens, id, title, acceptance, tests and atomic: true, three hyphens";
    return {
      problems: [
        { severity: "error", code: "no_front_matter", message, path: [], line: 1, column: 1 },
      ],
    };
  }
  const reading = new FileReading(found[1] ?? "", "a task specification");
  const { root } = reading;
  const shift = (): readonly FileProblem[] =>
    reading.sorted().map((problem) => ({ ...problem, line: (problem.line ?? 0) + 1 }));
  if (root === undefined) return { problems: shift() };
  reading.knows(root, KEYS);
  const id = reading.name(root, "id", CRITERION_ID_LENGTH_MAX);
  const acceptance = reading.texts(root, "acceptance");
  const tests = reading.texts(root, "tests");
  if (acceptance.length === 0)
    reading.error(
      "not_gated",
      [],
      "acceptance is missing; at least one criterion that somebody can check",
    );
  if (tests.length === 0)
    reading.error(
      "not_testable",
      [],
      "tests is missing; at least one test case of TEST-MATRIX.md or a command",
    );
  if (reading.boolean(root, "atomic") !== true)
    reading.error(
      "not_atomic",
      root.value["atomic"] === undefined ? [] : ["atomic"],
      "atomic must be true: a task that is several is split first",
    );
  const task: TaskSpec = {
    id: id ?? "",
    title: reading.text(root, "title", { required: true, lengthMax: 120 }) ?? "",
    phase: reading.integer(root, "phase", { least: 0, most: 99 }) ?? null,
    acceptance,
    tests,
    dependsOn: reading.texts(root, "depends_on"),
  };
  const problems = shift();
  return hasErrors(problems) ? { problems } : { task, problems };
}
