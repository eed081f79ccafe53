import type { ConsolePort } from "../console-port.ts";

/** A console that keeps what is written; `stdin` is what is typed. */
export class CapturedConsole implements ConsolePort {
  readonly colour: { readonly out: boolean; readonly err: boolean };
  readonly stdinIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  outText = "";
  errText = "";
  /** Called with each text on standard error. */
  onErr: (text: string) => void = () => {};
  /** The reader goes away after so many writes. */
  readonly #writesMax: number;
  readonly typed: readonly string[];
  #writes = 0;

  constructor(
    given: {
      readonly stdin?: readonly string[];
      readonly colour?: boolean;
      readonly isTerminal?: boolean;
      readonly errIsTerminal?: boolean;
      readonly writesMax?: number;
    } = {},
  ) {
    this.typed = given.stdin ?? [];
    this.#writesMax = given.writesMax ?? Number.POSITIVE_INFINITY;
    this.colour = { out: given.colour === true, err: given.colour === true };
    this.stdinIsTerminal = given.isTerminal === true;
    this.errIsTerminal = given.errIsTerminal === true;
  }

  out(text: string): void {
    this.#writes += 1;
    this.outText += text;
  }

  err(text: string): void {
    this.errText += text;
    this.onErr(text);
  }

  isOutClosed(): boolean {
    return this.#writes >= this.#writesMax;
  }

  async *stdinLines(): AsyncIterable<string> {
    yield* this.typed;
  }
}
