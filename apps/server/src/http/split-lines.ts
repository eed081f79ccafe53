/**
 * Lines of a byte stream, without their ends; null for a line that is longer than `bytesMax`, whose bytes are dropped as
 * they come. The last line needs no end. UTF-8; broken bytes become U+FFFD, which no proposal can carry unnoticed.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<string | null> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let isTooLong = false;
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const piece = chunk.subarray(from, end);
      from = end + 1;
      if (isTooLong || restBytes + piece.length > bytesMax) yield null;
      else yield textOf(rest, piece);
      rest = [];
      restBytes = 0;
      isTooLong = false;
    }
    const piece = chunk.subarray(from);
    if (isTooLong || restBytes + piece.length > bytesMax) {
      isTooLong = true;
      rest = [];
      restBytes = 0;
    } else if (piece.length > 0) {
      rest.push(piece);
      restBytes += piece.length;
    }
  }
  if (isTooLong) yield null;
  else if (restBytes > 0) yield textOf(rest, Buffer.alloc(0));
}

function textOf(rest: readonly Buffer[], piece: Buffer): string {
  const bytes = rest.length === 0 ? piece : Buffer.concat([...rest, piece]);
  const text = bytes.toString("utf8");
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}
