import { hash as digestOf } from "node:crypto";

/** HTML that was made here; everything else is text and is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = string | number | Html | readonly Piece[];

/**
 * A template of HTML: whatever is put into it is escaped, unless it is `Html` itself. Not called `html`, for formatters
 * rewrite templates of that name, and a style must keep its hash.
 */
export function markup(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(texts.map((text, place) => text + shown(pieces[place] ?? "")).join(""));
}

function shown(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "string" || typeof piece === "number") return escaped(String(piece));
  return piece.map(shown).join("");
}

/** Prose with `code` in backticks. */
export function prose(text: string): Html {
  const parts = text.split("`");
  return markup`${parts.map((part, place) => (place % 2 === 1 ? markup`<code>${part}</code>` : part))}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it, in an element or a quoted attribute. Characters that hide or turn text are shown by their number. */
function escaped(text: string): string {
  return text
    .replaceAll(
      HIDDEN,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
    )
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** Controls but for tab and line feed, marks of direction and zero widths, separators, lone surrogates. */
const HIDDEN = /[^\P{Cc}\t\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

export interface Page {
  readonly title: string;
  readonly style: string;
  readonly body: Html;
  /** Seconds after which the browser asks again. */
  readonly refreshSeconds?: number;
}

export interface RenderedPage {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A whole page: no scripts, no other hosts, one style, which the policy names by its hash. */
export function renderPage({ title, style, body, refreshSeconds }: Page): RenderedPage {
  const refresh =
    refreshSeconds === undefined
      ? ""
      : markup`<meta http-equiv="refresh" content="${refreshSeconds}" />`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
${refresh}
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  const styleHash = digestOf("sha256", style, "base64");
  return {
    text: page.text,
    headers: {
      "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
  };
}
