import { once } from "node:events";
import { createServer, type Server } from "node:http";

export interface Sent {
  readonly key: string;
  readonly document: { readonly id: string; readonly index: number; readonly transition: string };
}

/** Takes documents over HTTP; as many of the first ones as it is told only the next time. */
export class Sink {
  readonly sent: Sent[] = [];
  refusals: number;
  url = "";
  #wake: () => void = () => {};
  readonly #server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece: Buffer) => (text += piece.toString()));
    request.on("end", () => {
      this.refusals -= 1;
      if (this.refusals >= 0) return response.writeHead(503, { "retry-after": "0" }).end();
      const key = String(request.headers["idempotency-key"]);
      this.sent.push({ key, document: JSON.parse(text) });
      this.#wake();
      return response.writeHead(201).end();
    });
  });

  constructor(refusals = 0) {
    this.refusals = refusals;
  }

  async open(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/in`;
  }

  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
