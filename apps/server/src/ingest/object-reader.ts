import { IngestProblem } from "./ingest-problem.ts";
import { GIT_TIMEOUT_MS } from "./limits.ts";
import { startGit, type RunningGit } from "./run-git.ts";

/** Reads objects of a repository through one `git cat-file --batch`, one after the other, piece by piece. */
export class ObjectReader {
  readonly #git: RunningGit;
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #ended: Promise<unknown>;
  #rest: Buffer = Buffer.alloc(0);
  #busy = false;

  constructor(gitFolder: string) {
    this.#git = startGit({ argv: ["cat-file", "--batch"], gitFolder, timeoutMs: GIT_TIMEOUT_MS });
    this.#ended = this.#git.ended.then(
      () => undefined,
      (error: unknown) => error,
    );
    const { stdout } = this.#git.child;
    if (stdout === null) throw new Error("git was started without its output");
    const pieces: AsyncIterable<Buffer> = stdout;
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The bytes of one object; who begins to read it reads it to its end before the next. */
  async *read(key: string): AsyncGenerator<Uint8Array> {
    if (this.#busy) throw new Error("the object before was not read to its end");
    this.#busy = true;
    this.#git.child.stdin?.write(`${key}\n`);
    const head = await this.#line();
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(head)?.[1];
    if (size === undefined)
      throw new IngestProblem(
        "unreachable_source",
        `the repository lacks a file: git says "${head}"`,
      );
    let left = Number(size);
    while (left > 0) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
    await this.#line();
    this.#busy = false;
  }

  async close(): Promise<void> {
    this.#git.kill();
    await this.#ended;
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      if (end !== -1) {
        const line = this.#rest.subarray(0, end).toString("utf8");
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
    }
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#pieces.next();
    if (done !== true) return value;
    const failure = await this.#ended;
    throw new IngestProblem("unreachable_source", "git ended while files were read", {
      cause: failure,
    });
  }
}
