import { SNIPPET_LENGTH_MAX } from "./limits.ts";

/**
 * What two occurrences of one failure have in common: the lines that speak of an error, without what differs from run to
 * run (numbers, times, hashes, addresses, paths of temporary folders).
 */
export function errorSignature(output: string): readonly string[] {
  const lines = errorLines(output);
  const words = new Set<string>();
  for (const line of lines.slice(0, 5)) {
    const plain = normalLine(line);
    if (plain !== "") words.add(plain);
  }
  return [...words];
}

/** One line without what differs from run to run. */
export function normalLine(line: string): string {
  return line
    .replaceAll(ESCAPES, "")
    .replaceAll(/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}\S*/g, "<time>")
    .replaceAll(/\bsha256-[0-9a-f]+|\b[0-9a-f]{7,64}\b/g, "<hash>")
    .replaceAll(/\b0x[0-9a-f]+\b/gi, "<address>")
    .replaceAll(/(?:\/tmp|\/var\/folders|\/private\/tmp)\/[^\s:'")]+/g, "<path>")
    .replaceAll(/\d+(?:\.\d+)?/g, "#")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 300);
}

// oxlint-disable-next-line no-control-regex -- colours of a terminal are what it takes out
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;
const SPEAKS_OF_ERROR =
  /error|fail|no test|no such|exception|traceback|panic|fatal|cannot|could not|not found|refused|denied|timed? ?out|no space|in use|killed|out of memory|assert/i;

/** Lines as a person reads them: without the colours of a terminal. */
export function plainLines(output: string): readonly string[] {
  return output.replaceAll(ESCAPES, "").split("\n");
}

export function speaksOfError(line: string): boolean {
  return SPEAKS_OF_ERROR.test(line);
}

function errorLines(output: string): readonly string[] {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const speaking = lines.filter((line) => SPEAKS_OF_ERROR.test(line));
  return speaking.length > 0 ? speaking : lines.slice(-3);
}

/** The part of an output that a person reads first. */
export function errorSnippet(output: string): string {
  const lines = output.replaceAll(ESCAPES, "").trimEnd().split("\n");
  const first = lines.findIndex((line) => SPEAKS_OF_ERROR.test(line));
  const from = first < 0 ? Math.max(0, lines.length - 12) : Math.max(0, first - 2);
  return lines
    .slice(from, from + 24)
    .join("\n")
    .slice(0, SNIPPET_LENGTH_MAX);
}

/** How much of `known` stands in `seen`: permille of its lines. */
export function likeness(known: readonly string[], seen: readonly string[]): number {
  if (known.length === 0) return 0;
  const hits = known.filter((line) =>
    seen.some(
      (other) =>
        other === line ||
        (line.length >= 12 && other.includes(line)) ||
        (other.length >= 12 && line.includes(other)),
    ),
  );
  return Math.floor((hits.length * 1_000) / known.length);
}
