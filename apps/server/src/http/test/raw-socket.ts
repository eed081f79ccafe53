import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client that sends bytes, not requests, and reads what comes back as it stands. */
export class RawSocket {
  /** Resolves when the server has ended or cut the connection. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #said = Buffer.alloc(0);
  #isOver = false;
  #heard: () => void = () => {};

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.ended = new Promise((resolve) => {
      this.#socket.on("close", () => {
        this.#isOver = true;
        this.#heard();
        resolve();
      });
    });
    this.#socket.on("data", (chunk: Buffer) => {
      this.#said = Buffer.concat([this.#said, chunk]);
      this.#heard();
    });
    // A server that cuts the connection is what some tests are about.
    this.#socket.on("error", () => {});
  }

  /** Resolves when the bytes have left. */
  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.write(bytes, () => resolve());
    });
  }

  /** As many whole answers, or fewer where the connection ends before. */
  async answers(count: number): Promise<readonly RawAnswer[]> {
    for (;;) {
      const found = answersIn(this.#said, this.#isOver);
      if (found.length >= count || this.#isOver) return found;
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  /** Reads nothing from here on. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Sends bytes on a connection of their own; gives the one answer, or undefined where there is none. */
export async function rawAnswer(port: number, bytes: string): Promise<RawAnswer | undefined> {
  const socket = new RawSocket(port);
  await socket.write(bytes);
  const [answer] = await socket.answers(1);
  socket.close();
  return answer;
}

function answersIn(said: Buffer, isOver: boolean): readonly RawAnswer[] {
  const found: RawAnswer[] = [];
  for (let from = 0; from < said.length;) {
    const end = said.indexOf("\r\n\r\n", from);
    if (end < 0) return found;
    const [line = "", ...lines] = said.subarray(from, end).toString("latin1").split("\r\n");
    const headers = Object.fromEntries(
      lines.map((one) => {
        const colon = one.indexOf(":");
        return [one.slice(0, colon).toLowerCase(), one.slice(colon + 1).trim()];
      }),
    );
    const status = Number(line.split(" ")[1]);
    // One that only says to go on has no body.
    const length = status < 200 ? "0" : headers["content-length"];
    const begin = end + 4;
    const until = length === undefined ? said.length : begin + Number(length);
    if (until > said.length || (length === undefined && !isOver)) return found;
    found.push({ status, headers, body: said.subarray(begin, until).toString("utf8") });
    from = until;
  }
  return found;
}
