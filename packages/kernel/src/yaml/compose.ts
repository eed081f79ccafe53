import { Composer } from "yaml";
import type { CST, Document } from "yaml";
import { YAML_PROBLEMS_MAX } from "../limits.ts";
import type { PlacedProblem } from "./problem.ts";

export interface ComposedFile {
  readonly documents: readonly Document.Parsed[];
  /** What is not YAML, without what `tokens.ts` has refused already. */
  readonly errors: readonly PlacedProblem[];
}

/** Ends the composer where a file has more errors than anybody is told. */
class TooManyErrors extends Error {}

/**
 * The library's documents. Its failsafe schema leaves every scalar a string, so that `plain-scalar.ts` alone decides
 * what is a number; its search for duplicate keys, which is quadratic, is off.
 *
 * It would make an `Error` with a stack for each of its findings, of which 128 KiB of brackets have 100,000 (seconds,
 * and a hundred megabytes). So its collector is replaced by a bounded one. The property is not part of the library's
 * types; the version is pinned, and a test fails where it is no longer asked.
 */
export function composeDocuments(tokens: readonly CST.Token[], endOffset: number): ComposedFile {
  const errors: PlacedProblem[] = [];
  const composer = new Composer({
    schema: "failsafe",
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: "silent",
  });
  Object.defineProperty(composer, "onError", {
    value: (source: unknown, code: string, message: string, isWarning = false) => {
      if (isWarning || ALREADY_TOLD.has(code)) return;
      errors.push({ offset: offsetOf(source), path: [], message: inOurWords(message) });
      if (errors.length > YAML_PROBLEMS_MAX) throw new TooManyErrors();
    },
  });
  const documents: Document.Parsed[] = [];
  try {
    for (const document of composer.compose(tokens, true, endOffset)) documents.push(document);
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
  }
  for (const { errors: own } of documents) {
    for (const { pos, message } of own)
      errors.push({ offset: pos[0], path: [], message: inOurWords(message) });
  }
  return { documents, errors: withoutConsequences(errors) };
}

/**
 * Indentation says what belongs to what: after one line that fits nowhere the next ones fit no better, so only the
 * first of them is told, and none after a tab. Of several findings at one place the first says what happened.
 */
function withoutConsequences(errors: readonly PlacedProblem[]): readonly PlacedProblem[] {
  const isIndentation = ({ message }: PlacedProblem): boolean =>
    message.includes("indentation fits no line above");
  const first = errors.find(
    (error) => isIndentation(error) || error.message.includes("tabs are not allowed"),
  );
  const places = new Set<number>();
  return errors.filter((error) => {
    if (places.has(error.offset) || (error !== first && isIndentation(error))) return false;
    places.add(error.offset);
    return true;
  });
}

const ALREADY_TOLD: ReadonlySet<string> = new Set([
  "ALIAS_PROPS",
  "BAD_ALIAS",
  "BAD_DIRECTIVE",
  "BAD_PROP_ORDER",
  "MULTIPLE_ANCHORS",
  "MULTIPLE_TAGS",
  "TAG_RESOLVE_FAILED",
]);

/** An offset, a pair of them, or a token. */
function offsetOf(source: unknown): number {
  if (typeof source === "number") return source;
  if (Array.isArray(source)) return Number(source[0]);
  return typeof source === "object" && source !== null && "offset" in source
    ? Number(source.offset)
    : 0;
}

/** The library's names of tokens → what the reader of a file sees. */
const TOKEN_NAMES: ReadonlyMap<string, string> = new Map([
  ["double-quoted-scalar", "text in quotes"],
  ["single-quoted-scalar", "text in quotes"],
  ["block-scalar-header", "block of text"],
  ["block-scalar", "block of text"],
  ["scalar", "text"],
  ["map-value-ind", '":"'],
  ["explicit-key-ind", '"?"'],
  ["seq-item-ind", '"-"'],
  ["block-seq-ind", '"-"'],
  ["flow-map-start", '"{"'],
  ["flow-map-end", '"}"'],
  ["flow-seq-start", '"["'],
  ["flow-seq-end", '"]"'],
  ["comma", '","'],
  ["block-map", "map"],
  ["block-seq", "list"],
]);
const TOKEN_NAME = new RegExp(`\\b(?:${[...TOKEN_NAMES.keys()].join("|")})\\b`, "g");

/** The library's findings that say nothing to somebody who has never read YAML's grammar → what happened and what to do. */
const IN_PLAIN_WORDS: readonly (readonly [finding: RegExp, words: string])[] = [
  [
    /^All (mapping|sequence) items must start at the same column/,
    "the indentation fits no line above; keys of one map and items of one list begin in the same column",
  ],
  [
    /^Implicit keys need to be on a single line/,
    'this line is neither "key: value" nor "- item"; a space must follow the ":"',
  ],
  [
    /^Nested mappings are not allowed in compact mappings/,
    'a second ": " in one line; put a text that has ": " in it in quotes',
  ],
  [
    /^Flow map in block collection must be sufficiently indented and end with a }/,
    'a "{" before this place is not closed by a "}"',
  ],
  [
    /^Flow sequence in block collection must be sufficiently indented and end with a ]/,
    'a "[" before this place is not closed by a "]"',
  ],
  [/^Tabs are not allowed as indentation/, "tabs are not allowed as indentation; use spaces"],
];

export function inOurWords(message: string): string {
  const known = IN_PLAIN_WORDS.find(([finding]) => finding.test(message));
  if (known !== undefined) return `not YAML: ${known[1]}`;
  const plain = message
    .replace(/ token in YAML stream$/, " after the end of the value")
    .replace(/^Missing closing (["'])quote$/, "the closing $1 is missing")
    .replace(TOKEN_NAME, (name) => TOKEN_NAMES.get(name) ?? name);
  return `not YAML: ${plain.charAt(0).toLowerCase()}${plain.slice(1)}`;
}
