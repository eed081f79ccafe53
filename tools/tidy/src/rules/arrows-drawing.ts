import { ARROWS } from "../arrows.ts";
import type { Finding, Rule } from "../rule.ts";
import { printArrows } from "./arrows.ts";

const PAGE = "docs/ARCHITECTURE.md";
const FENCE = "```arrows";

/** The drawing of the arrows in the architecture page says exactly what the table says. */
export const arrowsDrawing: Rule = {
  name: "arrows-drawing",
  check: (tree) => {
    const lines = (tree.text(PAGE) ?? "").split("\n");
    const start = lines.indexOf(FENCE);
    if (start < 0)
      return [{ file: PAGE, line: 1, message: `has no block ${FENCE}; draw the arrows there` }];
    const length = lines.slice(start + 1).indexOf("```");
    const drawn = lines.slice(start + 1, start + 1 + Math.max(0, length));
    return [...extraLines(drawn, start + 2), ...missingLines(drawn, start + 1)];
  },
};

const EXPECTED = ARROWS.map((row) => `${row.folder} -> ${printArrows(row)}`);

function extraLines(drawn: readonly string[], firstLine: number): readonly Finding[] {
  return drawn.flatMap((text, index) =>
    text.trim() === "" || EXPECTED.includes(normalise(text))
      ? []
      : [
          {
            file: PAGE,
            line: firstLine + index,
            message: `"${text}" is not in tools/tidy/src/arrows.ts; correct one of them`,
          },
        ],
  );
}

function missingLines(drawn: readonly string[], line: number): readonly Finding[] {
  const present = new Set(drawn.map(normalise));
  return EXPECTED.filter((text) => !present.has(text)).map((text) => ({
    file: PAGE,
    line,
    message: `the drawing lacks "${text}" of tools/tidy/src/arrows.ts; add it`,
  }));
}

function normalise(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
