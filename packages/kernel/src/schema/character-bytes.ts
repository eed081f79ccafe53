import { unreachable } from "../unreachable.ts";
import type { CodePointRanges } from "./code-point-set.ts";
import { parsePattern, type PatternNode } from "./pattern-syntax.ts";

/** Bytes of the longest form of one character: a control character as `\u0000` (RFC 8785 §3.2.2.2). */
export const CHARACTER_SIZE_MAX = 6;

/** First code point of each length in canonical JSON: escaped controls, one to four bytes of UTF-8. */
const SIZES: readonly (readonly [from: number, bytes: number])[] = [
  [0x1_0000, 4],
  [0x800, 3],
  [0x80, 2],
  [0x20, 1],
];
const ESCAPED = [0x22, 0x5c];
const ESCAPED_SIZE = 2;

/**
 * Most bytes that one character takes in the canonical JSON of a text that fits the pattern. Only a pattern that is
 * anchored at both ends says something of every character; any other, and none, leaves all of them possible.
 */
export function characterSizeMax(pattern: string | undefined): number {
  if (pattern === undefined) return CHARACTER_SIZE_MAX;
  const parsed = parsePattern(pattern);
  if (!parsed.ok || parsed.node.kind !== "sequence") return CHARACTER_SIZE_MAX;
  const { parts } = parsed.node;
  const isAnchored = parts.at(0)?.kind === "start" && parts.at(-1)?.kind === "end";
  return isAnchored ? sizeOfNode(parsed.node) : CHARACTER_SIZE_MAX;
}

function sizeOfNode(node: PatternNode): number {
  switch (node.kind) {
    case "set":
      return Math.max(0, ...node.ranges.map(sizeOfRange));
    case "start":
    case "end":
      return 0;
    case "sequence":
      return Math.max(0, ...node.parts.map(sizeOfNode));
    case "choice":
      return Math.max(0, ...node.options.map(sizeOfNode));
    case "repeat":
      return sizeOfNode(node.body);
    default:
      return unreachable(node);
  }
}

function sizeOfRange([first, last]: CodePointRanges[number]): number {
  if (first < 0x20) return CHARACTER_SIZE_MAX;
  const plain = SIZES.find(([from]) => last >= from)?.[1] ?? CHARACTER_SIZE_MAX;
  const isEscaped = ESCAPED.some((point) => first <= point && point <= last);
  return isEscaped ? Math.max(plain, ESCAPED_SIZE) : plain;
}
