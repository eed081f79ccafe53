/** What a command may touch of its process. Tests hand in their own; `main` wires the real one. */
export interface ConsolePort {
  /** Results: what a script would read. */
  out(text: string): void;
  /** The reader of the results has gone: whatever else is written is lost. */
  isOutClosed(): boolean;
  /** What a person reads besides: problems, notes, progress. */
  err(text: string): void;
  /** Colours are wanted on that stream: a terminal, and NO_COLOR is unset. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  /** Somebody sees standard error as it is written: a line may be drawn anew. */
  readonly errIsTerminal: boolean;
  /** Standard input as lines, without their ends. */
  stdinLines(): AsyncIterable<string>;
  readonly stdinIsTerminal: boolean;
}
