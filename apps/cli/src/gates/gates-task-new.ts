import { mkdirSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { mergeTaskSection, readTaskSpec, taskSection, yamlText } from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { formatProblems, summarize } from "../format-problems.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { addToList } from "./add-to-list.ts";
import { readSession } from "./gates-session.ts";
import { setScalar } from "./set-scalar.ts";
import { strangerOf, taskCriteria } from "./task-criteria.ts";
import { readIfThere, writeChanged } from "./write-whole.ts";

export interface TaskNewOptions {
  readonly repo?: string;
  readonly title?: string;
  readonly phase?: number;
  readonly accept?: readonly string[];
  readonly test?: readonly string[];
  readonly depends?: readonly string[];
}

/**
 * `swoosh gates task new FILE`: writes a task specification, or brings one up to date. What people wrote stays byte by byte: lists grow,
 * a title is replaced only where one is given, and what is generated stands between marks. The same call again changes nothing.
 */
export async function runTaskNew(
  port: ConsolePort,
  file: string,
  options: TaskNewOptions,
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const path = resolve(session.root, file);
  const shown = relative(session.root, path);
  const paint = createPaint(port.colour.err);
  const refuse = (why: string): ExitCode => {
    port.err(`${paint.error("swoosh:")} ${plainText(why)}\n`);
    return EXIT.usage;
  };
  const before = readIfThere(path) ?? "";
  const known = taskCriteria(session);
  const id = basename(path).replace(/\.md$/, "");
  if (before === "" && (options.accept ?? []).length === 0)
    return refuse(
      `${shown}: what shows that the task is done is missing; --accept with criteria or gates of this repository: ${[...known.keys()].slice(0, 12).join(", ")}`,
    );
  const written = before === "" ? undefined : readTaskSpec(before);
  if (written !== undefined && written.task === undefined) {
    port.err(
      `${formatProblems(shown, before, written.problems, paint)}${shown}: ${summarize(written.problems)}; nothing was written\n`,
    );
    return EXIT.usage;
  }
  const stranger = strangerOf(known, {
    id,
    acceptance: [...(written?.task?.acceptance ?? []), ...(options.accept ?? [])],
  });
  if (stranger !== undefined) return refuse(stranger);
  const after = textOf(before === "" ? newText(id, options) : before, options, known);
  const { problems, task } = readTaskSpec(after);
  if (task === undefined) {
    port.err(
      `${formatProblems(shown, after, problems, paint)}${shown}: ${summarize(problems)}; nothing was written\n`,
    );
    return EXIT.usage;
  }
  mkdirSync(dirname(path), { recursive: true });
  const isChanged = writeChanged(path, after);
  port.out(`${isChanged ? "wrote " : ""}${plainText(shown)}${isChanged ? "" : " is up to date"}\n`);
  return EXIT.ok;
}

/** Tests are rows of TEST-MATRIX.md, which has one for each criterion. */
function newText(id: string, { title, accept = [], test = accept }: TaskNewOptions): string {
  const list = (values: readonly string[]): string =>
    `[ ${[...new Set(values)].map(yamlText).join(", ")} ]`;
  return `---
id: ${id}
title: ${yamlText(title ?? id.replaceAll("-", " "))}
acceptance: ${list(accept)}
tests: ${list(test)}
atomic: true
---

## Why

## What changes
`;
}

function textOf(
  text: string,
  options: TaskNewOptions,
  known: ReturnType<typeof taskCriteria>,
): string {
  const [, opening = "", yaml = "", closing = "", body = ""] =
    /^(---\r?\n)([\s\S]*?)(\r?\n---[ \t]*(?:\r?\n|$))([\s\S]*)$/.exec(text) ?? [];
  const eol = opening.endsWith("\r\n") ? "\r\n" : "\n";
  let front = addToList(yaml, "acceptance", { values: options.accept ?? [], eol });
  front = addToList(front, "tests", { values: options.test ?? [], eol });
  front = addToList(front, "depends_on", { values: options.depends ?? [], eol });
  if (options.title !== undefined) front = setScalar(front, "title", { value: options.title, eol });
  if (options.phase !== undefined) front = setScalar(front, "phase", { value: options.phase, eol });
  const { task } = readTaskSpec(`${opening}${front}${closing}`);
  const accepted = (task?.acceptance ?? []).flatMap((one) => known.get(one)?.criterion ?? []);
  const ended = closing.endsWith("\n") ? closing : `${closing}${eol}`;
  return `${opening}${front}${ended}${mergeTaskSection(body, taskSection(accepted, eol), eol)}`;
}
