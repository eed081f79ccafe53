/** The sender of a stream stands still: in the midst of a line, or between two. */
export class StreamStalled extends Error {
  override readonly name = "StreamStalled";
  readonly isInLine: boolean;

  constructor(isInLine: boolean) {
    super(isInLine ? "a line did not come in time" : "nothing came for long");
    this.isInLine = isInLine;
  }
}

const LINE_END = 10;

/**
 * The chunks of a body that may run for ever, from a sender who does not stand still: throws `StreamStalled` where a line that
 * was begun is not there after `lineMs` of waiting, however its bytes drip, or nothing is begun for `idleMs`. Only waiting
 * for the sender counts, never the time that we take. The body is left open then, for what is still to be answered.
 */
export async function* timelyChunks(
  chunks: AsyncIterable<Uint8Array>,
  { idleMs, lineMs }: { readonly idleMs: number; readonly lineMs: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  let isInLine = false;
  let isStalled = false;
  let lineLeftMs = lineMs;
  try {
    for (;;) {
      const begunMs = performance.now();
      const next: IteratorResult<Uint8Array, unknown> | undefined = await before(
        iterator.next(),
        isInLine ? lineLeftMs : idleMs,
      );
      if (next === undefined) {
        isStalled = true;
        throw new StreamStalled(isInLine);
      }
      if (next.done === true) return;
      const chunk: Uint8Array = next.value;
      if (isInLine && !chunk.includes(LINE_END)) lineLeftMs -= performance.now() - begunMs;
      else lineLeftMs = lineMs;
      if (chunk.length > 0) isInLine = chunk[chunk.length - 1] !== LINE_END;
      yield chunk;
    }
  } finally {
    if (!isStalled) await iterator.return?.();
  }
}

/** What is promised, or undefined where it is not there in time. */
function before<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
