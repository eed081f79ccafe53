import type { Document } from "yaml";
import type { Json } from "../json/json.ts";
import { utf8Length } from "../json/text.ts";
import { CHART_BYTES_MAX, DEPTH_MAX, YAML_PROBLEMS_MAX } from "../limits.ts";
import type { Positions } from "./positions.ts";
import { LineIndex, positionsOf } from "./positions.ts";
import type { PlacedProblem, YamlProblem } from "./problem.ts";
import { composeDocuments } from "./compose.ts";
import { orderProblems } from "./problem.ts";
import type { ReadValue } from "./read-node.ts";
import { NodeReader } from "./read-node.ts";
import { scanDepth } from "./scan.ts";
import { readTokens } from "./tokens.ts";

export interface YamlLimits {
  /** UTF-8 bytes of the file; `CHART_BYTES_MAX` unless given. */
  readonly bytesMax?: number;
  /** Maps and lists inside one another; `DEPTH_MAX` unless given. */
  readonly depthMax?: number;
}

export interface ParsedYaml {
  /** Keys in the order of the file; undefined where there is any problem. */
  readonly value: Json | undefined;
  /**
   * What could be read beside the problems, refused parts as null: good for finding more problems of the same file
   * (but for those at or below a path in `problems`), and for nothing else. undefined where the structure is in doubt.
   */
  readonly partial: Json | undefined;
  /** In order of position; of more than `YAML_PROBLEMS_MAX` the first ones. */
  readonly problems: readonly YamlProblem[];
  readonly positions: Positions;
}

/** Characters that no YAML file has (YAML 1.2.2 §5.1), and the carriage return alone, which the library takes for text. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const FORBIDDEN_CHARACTER = /[\u0000-\u0008\u000b-\u001f]|\p{Surrogate}/gu;

/**
 * Reads a YAML 1.2 file of the core schema that holds plain data. Refused, each with its place and all at once:
 * directives, anchors, aliases, tags, merge keys, several documents, keys that are no strings, are there twice or
 * cannot stand in a kernel value (`json/key.ts`), numbers that are not safe integers in plain digits, lone surrogates.
 * Larger and deeper files than the limits are refused before they are parsed. A byte order mark and CRLF are let in.
 */
export function parseYaml(text: string, limits: YamlLimits = {}): ParsedYaml {
  const bytesMax = limits.bytesMax ?? CHART_BYTES_MAX;
  const depthMax = limits.depthMax ?? DEPTH_MAX;
  if (text.length > bytesMax || utf8Length(text) > bytesMax) {
    const size = text.length > bytesMax ? `${text.length} characters` : `${utf8Length(text)} bytes`;
    const message = `the file has ${size}; at most ${bytesMax} bytes`;
    return refused("", [{ offset: 0, path: [], message }]);
  }
  const source = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const early = findEarly(source, depthMax);
  return early.length > 0 ? refused(source, early) : read(source, depthMax);
}

/** What is found without the parser, which is not let near such files. */
function findEarly(source: string, depthMax: number): readonly PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  if (!source.includes("\n") && source.includes("\r")) {
    const message =
      "lines end with a carriage return alone; save the file with LF or CRLF line ends";
    return [{ offset: source.indexOf("\r"), path: [], message }];
  }
  for (const found of source.matchAll(FORBIDDEN_CHARACTER)) {
    const name = `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    const message = `the character ${name} is refused; in double quotes it can be written as an escape`;
    problems.push({ offset: found.index, path: [], message });
    if (problems.length > YAML_PROBLEMS_MAX) return problems;
  }
  const tooDeepAt = scanDepth(source, depthMax);
  if (tooDeepAt !== undefined) problems.push(tooDeep(tooDeepAt, depthMax));
  return problems;
}

function read(source: string, depthMax: number): ParsedYaml {
  const { tokens, problems: refusals, isWhole } = readTokens(source, depthMax);
  if (!isWhole) return refused(source, refusals);
  const { documents, errors } = composeDocuments(tokens, source.length);
  const [document, ...others] = documents;
  const problems = [...refusals];
  for (const other of others) {
    const message = "a second document begins here; a file holds one";
    problems.push({ offset: other.range[0], path: [], message });
  }
  const contents = document?.contents ?? null;
  const root = new NodeReader(source, depthMax, problems).read(contents, 0);
  if (errors.length === 0 && isEmpty(contents)) {
    problems.push({ offset: 0, path: [], message: "the file holds no value" });
  }
  return result(source, root, problems, errors);
}

/** Nothing but comments and spaces: not even a word for null. */
function isEmpty(contents: Document.Parsed["contents"]): boolean {
  return contents === null || contents.range[0] === contents.range[1];
}

function result(
  source: string,
  root: ReadValue,
  problems: readonly PlacedProblem[],
  errors: readonly PlacedProblem[],
): ParsedYaml {
  const lines = new LineIndex(source);
  const all = orderProblems([...problems, ...errors], lines);
  return {
    value: all.length === 0 ? root.value : undefined,
    partial: errors.length === 0 ? root.value : undefined,
    problems: all,
    positions: positionsOf(root.placed, lines),
  };
}

function tooDeep(offset: number, depthMax: number): PlacedProblem {
  return { offset, path: [], message: `maps and lists are more than ${depthMax} deep` };
}

function refused(source: string, problems: readonly PlacedProblem[]): ParsedYaml {
  const lines = new LineIndex(source);
  const nowhere = { keyAt: 0, valueAt: 0, textAt: -1, members: new Map() };
  return {
    value: undefined,
    partial: undefined,
    problems: orderProblems(problems, lines),
    positions: positionsOf(nowhere, lines),
  };
}
