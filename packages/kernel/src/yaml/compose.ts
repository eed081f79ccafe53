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
  return { documents, errors };
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

export function inOurWords(message: string): string {
  const plain = message
    .replace(/ token in YAML stream$/, " after the end of the value")
    .replace(/^Missing closing (["'])quote$/, "the closing $1 is missing")
    .replace(TOKEN_NAME, (name) => TOKEN_NAMES.get(name) ?? name);
  return `not YAML: ${plain.charAt(0).toLowerCase()}${plain.slice(1)}`;
}
