interface BlockCollection {
  readonly column: number;
  readonly kind: "map" | "seq";
}

/**
 * Offset of the first map or list that stands more than `depthMax` deep, or undefined. One pass over the text, no
 * tree: it runs before the parser, whose recursion and memory grow with the depth. Knows quotes, comments, plain text
 * over several lines and block scalars, so it never counts what is text. It may count too little (a pair inside a
 * list, `[a: b]`, is a map that it does not see), never too much in a file that is YAML; what comes later counts exactly.
 * Lines end in `\n`.
 */
export function scanDepth(text: string, depthMax: number): number | undefined {
  return new DepthScan(text, depthMax).run();
}

/**
 * Owns the position and the block collections that are open there. Invariant: columns in `#open` never fall from
 * outside to inside, and two are equal only where a list stands directly below its map's key.
 */
class DepthScan {
  readonly #text: string;
  readonly #depthMax: number;
  readonly #open: BlockCollection[] = [];
  #at = 0;
  #lineStart = 0;
  #tooDeepAt = -1;

  constructor(text: string, depthMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
  }

  run(): number | undefined {
    while (this.#at < this.#text.length && this.#tooDeepAt === -1) this.#line();
    return this.#tooDeepAt === -1 ? undefined : this.#tooDeepAt;
  }

  /** One line that begins outside of any scalar and any bracket, with everything that runs on from it. */
  #line(): void {
    this.#lineStart = this.#at;
    if (this.#isMarker(this.#at)) {
      this.#open.length = 0;
      this.#at += 3;
    }
    this.#skipBlanks();
    if (this.#isLineEnd(this.#at)) {
      this.#skipLine();
      return;
    }
    while ((this.#open.at(-1)?.column ?? -1) > this.#column()) this.#open.pop();
    while (
      this.#at < this.#text.length &&
      this.#text[this.#at] !== "\n" &&
      this.#tooDeepAt === -1
    ) {
      this.#node();
    }
    this.#at += 1;
  }

  /** One indicator, key or value in block context, and the blanks behind it. */
  #node(): void {
    const start = this.#text[this.#at];
    const isIndicator = isBlank(this.#text[this.#at + 1]);
    if (start === "-" && isIndicator) this.#indicator("seq");
    else if ((start === "?" || start === ":") && isIndicator) this.#indicator("map");
    else if (start === "#") this.#skipLineEnd();
    else if (start === "|" || start === ">") this.#blockScalar();
    else this.#flowNode();
    this.#skipBlanks();
  }

  #indicator(kind: "map" | "seq"): void {
    this.#enter(kind, this.#column());
    this.#at += 1;
  }

  /** Quoted, bracketed or plain: a key, if a `:` follows on its line. */
  #flowNode(): void {
    const column = this.#column();
    this.#skipProperties();
    const start = this.#text[this.#at];
    if (start === '"' || start === "'") this.#quoted(start);
    else if (start === "[" || start === "{") this.#brackets();
    else if (start === "|" || start === ">" || this.#isLineEnd(this.#at)) return;
    else this.#plain();
    this.#skipBlanks();
    if (this.#text[this.#at] === ":" && isBlank(this.#text[this.#at + 1])) {
      this.#enter("map", column);
      this.#at += 1;
    }
  }

  #enter(kind: "map" | "seq", column: number): void {
    for (;;) {
      const top = this.#open.at(-1);
      if (top === undefined || top.column < column) break;
      if (top.column === column && (top.kind === kind || top.kind === "map")) break;
      this.#open.pop();
    }
    const top = this.#open.at(-1);
    if (top?.column === column && top.kind === kind) return;
    this.#open.push({ column, kind });
    if (this.#open.length > this.#depthMax) this.#tooDeepAt = this.#at;
  }

  #skipProperties(): void {
    while (this.#text[this.#at] === "&" || this.#text[this.#at] === "!") {
      while (!isBlank(this.#text[this.#at])) this.#at += 1;
      this.#skipBlanks();
    }
  }

  #quoted(quote: string): void {
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === "\n") this.#lineStart = this.#at + 1;
      else if (character === "\\" && quote === '"' && this.#text[this.#at + 1] !== "\n")
        this.#at += 1;
      else if (character === quote) {
        this.#at += 1;
        if (quote === '"' || this.#text[this.#at] !== "'") return;
      }
    }
  }

  /** Everything from a bracket to the one that closes it. */
  #brackets(): void {
    let depth = 0;
    do {
      const character = this.#text[this.#at];
      if (character === "[" || character === "{") {
        depth += 1;
        if (this.#open.length + depth > this.#depthMax) this.#tooDeepAt = this.#at;
        this.#at += 1;
      } else if (character === '"' || character === "'") this.#quoted(character);
      else if (character === "]" || character === "}") {
        depth -= 1;
        this.#at += 1;
      } else if (character === "#" && isBlank(this.#text[this.#at - 1])) this.#skipLineEnd();
      else if (isBlank(character) || character === "," || character === ":") this.#at += 1;
      else this.#plainInBrackets();
    } while (depth > 0 && this.#at < this.#text.length && this.#tooDeepAt === -1);
  }

  #plainInBrackets(): void {
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at];
      if (isFlowIndicator(character)) return;
      const next = this.#text[this.#at + 1];
      if (character === ":" && (isBlank(next) || isFlowIndicator(next))) return;
      if (isBlank(character) && next === "#") return;
    }
  }

  /** To the `:` of a key, or to the end of the text, over all lines that are further in than what holds it. */
  #plain(): void {
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at];
      const next = this.#text[this.#at + 1];
      if (character === ":" && isBlank(next)) return;
      if ((character === " " || character === "\t") && next === "#") return;
      if (character === "\n" && !this.#continuesAfter(this.#at)) return;
    }
  }

  /** Whether the next line that is not blank belongs to the plain text before `lineEnd`; goes to before it, if so. */
  #continuesAfter(lineEnd: number): boolean {
    let start = lineEnd + 1;
    let at = start;
    for (; at < this.#text.length; at += 1) {
      const character = this.#text[at];
      if (character === "\n") start = at + 1;
      else if (character !== " " && character !== "\t") break;
    }
    const indent = this.#indentAt(start);
    if (at >= this.#text.length || this.#text[at] === "#" || this.#isMarker(start)) return false;
    if (indent <= (this.#open.at(-1)?.column ?? -1)) return false;
    this.#lineStart = start;
    this.#at = at - 1;
    return true;
  }

  /** Its header, and all lines below it that are blank or further in than what holds it. */
  #blockScalar(): void {
    const parent = this.#open.at(-1)?.column ?? -1;
    this.#skipLineEnd();
    for (;;) {
      const start = this.#at + 1;
      if (start >= this.#text.length || this.#isMarker(start)) return;
      const indent = this.#indentAt(start);
      if (indent <= parent && this.#text[start + indent] !== "\n") return;
      this.#at = start;
      this.#skipLineEnd();
    }
  }

  #indentAt(start: number): number {
    let at = start;
    while (this.#text[at] === " ") at += 1;
    return at - start;
  }

  /** `---` or `...` at the start of a line: ends whatever was open. */
  #isMarker(start: number): boolean {
    const marker = this.#text.slice(start, start + 3);
    return (marker === "---" || marker === "...") && isBlank(this.#text[start + 3]);
  }

  #isLineEnd(at: number): boolean {
    const character = this.#text[at];
    return character === undefined || character === "\n" || character === "#";
  }

  #column(): number {
    return this.#at - this.#lineStart;
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at += 1;
  }

  /** To the line feed that ends the line, or to the end. */
  #skipLineEnd(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end === -1 ? this.#text.length : end;
  }

  #skipLine(): void {
    this.#skipLineEnd();
    this.#at += 1;
  }
}

function isBlank(character: string | undefined): boolean {
  return character === undefined || character === " " || character === "\n" || character === "\t";
}

function isFlowIndicator(character: string | undefined): boolean {
  return (
    character === "," ||
    character === "[" ||
    character === "]" ||
    character === "{" ||
    character === "}"
  );
}
