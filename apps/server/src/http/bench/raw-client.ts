import { connect, type Socket } from "node:net";

/**
 * One keep-alive connection that posts one body at a time and reads the answer by its length: the loader shares two cores
 * with the server, so it does as little as can be done.
 */
export class RawClient {
  readonly #socket: Socket;
  readonly #head: string;
  #received = "";
  #settle: ((answer: { readonly status: number; readonly body: string }) => void) | null = null;

  constructor(port: number, path: string) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text) => this.#take(String(text)));
    this.#head = `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: `;
  }

  /** `body` is ASCII. */
  post(body: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket.write(`${this.#head}${body.length}\r\n\r\n${body}`, "latin1");
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#received.slice(0, end))?.[1] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const status = Number(this.#received.slice(9, 12));
    const body = this.#received.slice(end + 4, end + 4 + length);
    this.#received = this.#received.slice(end + 4 + length);
    this.#settle?.({ status, body });
  }
}
