import type { JsonObject } from "@swoosh/kernel/values";
import type { FileProblem } from "./file-problem.ts";
import { FileReading } from "./file-reading.ts";

/** A Markdown file with YAML between two lines of `---`. */
export interface FrontMatter {
  /** undefined: there is none. */
  readonly value: JsonObject | undefined;
  readonly body: string;
  /** Lines of the file are those of the YAML plus this. */
  readonly problems: readonly FileProblem[];
}

export function readFrontMatter(text: string): FrontMatter {
  const found = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  if (found === null) return { value: undefined, body: text, problems: [] };
  const reading = new FileReading(found[1] ?? "", "front matter");
  const problems = reading
    .sorted()
    .map((problem) => ({ ...problem, line: (problem.line ?? 0) + 1 }));
  return { value: reading.root?.value, body: text.slice(found[0].length), problems };
}

/** A value on one line of YAML that reads as the same text again. */
export function yamlText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- a title of somebody else's output may hold them
  return JSON.stringify(text.replaceAll(/[\u0000-\u001f\u007f]/g, " "));
}
