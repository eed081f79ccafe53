import type { Finding, SourceText } from "./finding.ts";

const EXPORTED =
  /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\*?|class|interface|type|enum|const|let)\s+([A-Za-z_$][\w$]*)/;

/**
 * Everything that a TypeScript or JavaScript module exports, and every public function and class of a Python module, has a comment
 * that says what it is. Read line by line: what is exported by a list at the end of a file is not seen.
 */
export function checkDocstrings(files: readonly SourceText[]): readonly Finding[] {
  return files.flatMap(({ path, text }) =>
    path.endsWith(".py") ? python(path, text) : script(path, text),
  );
}

function script(path: string, text: string): readonly Finding[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const found = EXPORTED.exec(line);
    if (found === null) return [];
    let above = index - 1;
    while (above >= 0 && /^\s*@/.test(lines[above] ?? "")) above -= 1;
    const before = (lines[above] ?? "").trim();
    const isComment = before.endsWith("*/") && saysSomething(lines, above);
    return isComment || /^\/\/\s*\w/.test(before)
      ? []
      : [
          {
            file: path,
            line: index + 1,
            message: `${found[1] ?? ""} ${found[2] ?? ""} is exported without a comment; say what it is for`,
          },
        ];
  });
}

/** The comment that ends at a line has a word in it. */
function saysSomething(lines: readonly string[], end: number): boolean {
  for (let at = end; at >= 0; at -= 1) {
    const line = lines[at] ?? "";
    if (/\w/.test(line.replaceAll(/@\w+|[/*]/g, ""))) return true;
    if (line.includes("/*")) return false;
  }
  return false;
}

function python(path: string, text: string): readonly Finding[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const found = /^(\s*)(?:async\s+)?(def|class)\s+([A-Za-z]\w*)/.exec(line);
    if (found === null || (found[1] ?? "").length > 4) return [];
    let below = index;
    while (below < lines.length && !/:\s*(?:#.*)?$/.test(lines[below] ?? "")) below += 1;
    const next = lines.slice(below + 1).find((one) => one.trim() !== "") ?? "";
    return /^\s*[rRuUbB]?("""|''')\s*\S/.test(next)
      ? []
      : [
          {
            file: path,
            line: index + 1,
            message: `${found[2] ?? ""} ${found[3] ?? ""} has no docstring`,
          },
        ];
  });
}
