/** Terminal colours by meaning. Without colour, texts stay as they are. */
export interface Paint {
  error(text: string): string;
  warning(text: string): string;
  note(text: string): string;
  good(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

export function createPaint(colour: boolean): Paint {
  const wrap = (code: string) => (text: string) =>
    colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    error: wrap("31;1"),
    warning: wrap("33"),
    note: wrap("36"),
    good: wrap("32"),
    dim: wrap("2"),
    strong: wrap("1"),
  };
}
