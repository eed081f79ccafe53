import { escapeMarkdown } from "./escape-markdown.ts";

/** What a page can say: a text, a number, or a list whose items have fields of their own. */
export type FieldShape = "text" | "number" | { readonly [name: string]: "text" | "number" };
export type PageShape = Readonly<Record<string, FieldShape>>;

export type PageItem = Readonly<Record<string, string | number>>;
/** One value for each field of the shape; an empty text says that there is none. */
export type PageValues = Readonly<Record<string, string | number | readonly PageItem[]>>;

export interface TemplateProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly name: string }
  | {
      readonly kind: "section";
      readonly name: string;
      /** Shown where there is nothing. */
      readonly isInverse: boolean;
      readonly pieces: readonly Piece[];
    };

export type ParsedTemplate =
  | { readonly ok: true; readonly pieces: readonly Piece[] }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

interface Open {
  readonly name: string;
  readonly isInverse: boolean;
  readonly place: { readonly line: number; readonly column: number };
  readonly pieces: Piece[];
}

const TAG = /\{\{(.*?)\}\}/g;
const TAG_FORM = /^([#^/]?)([a-z_]+)$/;
/** A section's begin or end alone in its line: the line goes with it. */
const LONE = /^\s*\{\{[#^/][a-z_]+\}\}\s*$/;
const FENCE = /^ {0,3}(?:```|~~~)/;

/**
 * Reads a template: Markdown with `{{field}}`, and `{{#field}}…{{/field}}` around what is shown for each item of a list, or once where
 * a text is not empty; `{{^field}}…{{/field}}` where it is empty. Strict: what is no field of the shape, does not end, or stands where
 * nothing can be escaped is a problem with its place.
 */
export function parseTemplate(text: string, shape: PageShape): ParsedTemplate {
  const reading = new TemplateReading(shape);
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries())
    reading.take(line, { number: index + 1, isLast: index === lines.length - 1 });
  return reading.end();
}

/** The page. Values are escaped, so that none of them changes what the template says around them. */
export function renderTemplate(pieces: readonly Piece[], values: PageValues): string {
  return pieces.map((piece) => renderPiece(piece, values)).join("");
}

function renderPiece(piece: Piece, values: PageValues): string {
  if (piece.kind === "text") return piece.text;
  const value = values[piece.name] ?? "";
  if (piece.kind === "value")
    return typeof value === "number" ? String(value) : escapeMarkdown(String(value));
  const isEmpty = Array.isArray(value) ? value.length === 0 : value === "";
  if (piece.isInverse) return isEmpty ? renderTemplate(piece.pieces, values) : "";
  if (!Array.isArray(value)) return isEmpty ? "" : renderTemplate(piece.pieces, values);
  return value
    .map((item: PageItem) => renderTemplate(piece.pieces, { ...values, ...item }))
    .join("");
}

class TemplateReading {
  readonly #shape: PageShape;
  readonly #problems: TemplateProblem[] = [];
  readonly #top: Piece[] = [];
  #open: Open | undefined;
  #isFenced = false;

  constructor(shape: PageShape) {
    this.#shape = shape;
  }

  take(
    line: string,
    { isLast, number }: { readonly number: number; readonly isLast: boolean },
  ): void {
    if (FENCE.test(line)) this.#isFenced = !this.#isFenced;
    const isLone = LONE.test(line);
    let end = 0;
    for (const { 0: tag, 1: inner = "", index } of line.matchAll(TAG)) {
      const before = line.slice(end, index);
      end = index + tag.length;
      const place = { line: number, column: index + 1 };
      if (!isLone)
        this.#text(before, { line: number, column: end - tag.length - before.length + 1 });
      this.#tag(inner.trim(), place, line.slice(0, index));
    }
    if (isLone) return;
    this.#text(line.slice(end), { line: number, column: end + 1 });
    if (!isLast) this.#push({ kind: "text", text: "\n" });
  }

  end(): ParsedTemplate {
    if (this.#open !== undefined)
      this.#problem(this.#open.place, `{{${this.#open.name}}} is never closed`);
    if (this.#problems.length > 0) return { ok: false, problems: this.#problems };
    return { ok: true, pieces: this.#top };
  }

  #text(
    text: string,
    place: TemplateProblem | { readonly line: number; readonly column: number },
  ): void {
    const stray = /\{\{|\}\}/.exec(text);
    if (stray !== null)
      this.#problem(
        { line: place.line, column: place.column + stray.index },
        `${stray[0]} without its other half in this line`,
      );
    if (text !== "") this.#push({ kind: "text", text });
  }

  #tag(
    inner: string,
    place: { readonly line: number; readonly column: number },
    before: string,
  ): void {
    const [, mark = "", name = ""] = TAG_FORM.exec(inner) ?? [];
    if (name === "") {
      this.#problem(place, `{{${inner}}} is neither a field nor a section`);
      return;
    }
    if (mark === "/") {
      if (this.#open?.name !== name) {
        this.#problem(place, `{{/${name}}} closes what is not open`);
        return;
      }
      const { isInverse, pieces } = this.#open;
      this.#open = undefined;
      this.#push({ kind: "section", name, isInverse, pieces });
      return;
    }
    const shape = this.#shapeOf(name);
    if (shape === undefined) {
      this.#problem(place, `{{${inner}}}: there is no field ${name}; there are ${this.#known()}`);
      return;
    }
    if (mark === "") this.#value(name, shape, place, before);
    else if (this.#open !== undefined)
      this.#problem(
        place,
        `{{${inner}}} begins within {{${this.#open.name}}}; close that one first`,
      );
    else this.#open = { name, isInverse: mark === "^", place, pieces: [] };
  }

  #value(
    name: string,
    shape: FieldShape,
    place: { readonly line: number; readonly column: number },
    before: string,
  ): void {
    if (typeof shape === "object")
      this.#problem(
        place,
        `{{${name}}} is a list; write {{#${name}}}…{{/${name}}} around its fields`,
      );
    const where = shape === "text" ? this.#unescapable(before) : undefined;
    if (where !== undefined)
      this.#problem(place, `{{${name}}} stands in ${where}, where a text cannot be escaped`);
    this.#push({ kind: "value", name });
  }

  /** Where Markdown knows no character references, or follows what they say. */
  #unescapable(before: string): string | undefined {
    if (this.#isFenced) return "a fenced block";
    if ((before.match(/`/g)?.length ?? 0) % 2 === 1) return "a code span";
    if (/\]\([^)]*$/.test(before) || /^ {0,3}\[[^\]]*\]:/.test(before))
      return "the address of a link";
    return /<[^>]*$/.test(before) ? "a tag of HTML" : undefined;
  }

  #shapeOf(name: string): FieldShape | undefined {
    return this.#items()?.[name] ?? this.#shape[name];
  }

  /** Fields of the list whose section this is. */
  #items(): PageShape | undefined {
    const list = this.#open?.isInverse === false ? this.#shape[this.#open.name] : undefined;
    return typeof list === "object" ? list : undefined;
  }

  #known(): string {
    return [...Object.keys(this.#items() ?? {}), ...Object.keys(this.#shape)].join(", ");
  }

  #push(piece: Piece): void {
    (this.#open?.pieces ?? this.#top).push(piece);
  }

  #problem(
    { column, line }: { readonly line: number; readonly column: number },
    message: string,
  ): void {
    this.#problems.push({ line, column, message });
  }
}
