import type { Finding, Rule } from "../rule.ts";

const TEXTS = /\.(ts|tsx|mjs|js|md|json|yaml|yml|sh|txt)$|(^|\/)(Makefile|run)$/;

/** Written so that this file does not find itself. */
const UNFINISHED = new RegExp(`\\b${"FIX"}ME\\b`);
const LATER = new RegExp(`\\b${"TO"}DO\\b(?!\\(#\\d+\\))`);

/** Unfinished work is not handed in; what is left for later names its issue. */
export const marks: Rule = {
  name: "marks",
  check: (tree) =>
    tree.paths
      .filter((file) => TEXTS.test(file))
      .flatMap((file) => {
        const findings: Finding[] = [];
        for (const [index, text] of (tree.text(file) ?? "").split("\n").entries()) {
          // Documents may speak of the marks, in backticks.
          const plain = file.endsWith(".md") ? text.replaceAll(/`[^`]*`/g, "") : text;
          if (UNFINISHED.test(plain))
            findings.push({
              file,
              line: index + 1,
              message: "marked as broken; mend it before it is handed in",
            });
          else if (LATER.test(plain))
            findings.push({
              file,
              line: index + 1,
              message: "names no issue; write it as TO\u200bDO(#12), or do it",
            });
        }
        return findings;
      }),
};
