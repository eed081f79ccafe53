const FRAME = /^\s+at /u;
const MESSAGE_LENGTH_MAX = 200;

/**
 * A defect as the log may tell it: its kind, its message, and the places in our code. What a message quotes is left out, from its first
 * quotation mark to its last: there engines repeat what they were given (`Unexpected token 'x', "{…" is not valid JSON`), and that may be a
 * request's body with whatever somebody put into it.
 */
export function defectText(error: unknown): string {
  if (!(error instanceof Error)) return `something of type ${typeof error} was thrown`;
  const { message, name, stack = "" } = error;
  // Behind the message, for a line of it may look like a place.
  const places = stack.slice(stack.indexOf(message) + message.length);
  const frames = places.split("\n").filter((line) => FRAME.test(line));
  return [`${name}: ${unquoted(message)}`, ...frames].join("\n");
}

/** Without what is quoted, and without what cannot be converted, which is repeated without marks. */
function unquoted(message: string): string {
  const bare = message.replace(/["'`“‘][^]*["'`”’]/u, "…");
  // A mark without its end: what is behind it is quoted all the same.
  return bare
    .replace(/["'`“‘][^]*$/u, "…")
    .replace(/convert [^]* to/u, "convert … to")
    .slice(0, MESSAGE_LENGTH_MAX);
}
