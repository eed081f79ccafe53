import type { Finding, SourceText } from "./finding.ts";

/** One kind of thing that is both documented and real: commands, routes, metrics, errors, settings. */
export interface SpecRule {
  readonly kind: string;
  /** Finds documented names: the first group. */
  readonly pattern: string;
}

/** Names that documents have and the program has not, and the other way round. Neither side may be empty: that is a broken pattern. */
export function checkDrift(
  rule: SpecRule,
  documents: readonly SourceText[],
  real: readonly string[],
): readonly Finding[] {
  const pattern = new RegExp(rule.pattern, "gm");
  const documented = new Map<string, Finding>();
  for (const { path, text } of documents) {
    for (const found of text.matchAll(pattern)) {
      const name = found[1] ?? "";
      if (name === "" || documented.has(name)) continue;
      const line = text.slice(0, found.index).split("\n").length;
      documented.set(name, {
        file: path,
        line,
        message: `documents the ${rule.kind} ${name}, which does not exist`,
      });
    }
  }
  const actual = new Set(real.filter((name) => name !== ""));
  const where = documents[0]?.path ?? "the documents";
  if (documented.size === 0)
    return [
      {
        file: where,
        line: null,
        message: `no ${rule.kind} is documented; the pattern or the document is broken`,
      },
    ];
  if (actual.size === 0)
    return [
      {
        file: where,
        line: null,
        message: `no real ${rule.kind} was found; the command that lists them is broken`,
      },
    ];
  const dead = [...documented].filter(([name]) => !actual.has(name)).map(([, finding]) => finding);
  const silent = [...actual]
    .filter((name) => !documented.has(name))
    .map((name): Finding => ({
      file: where,
      line: null,
      message: `does not document the ${rule.kind} ${name}`,
    }));
  return [...dead, ...silent];
}
