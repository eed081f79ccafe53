import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is told instead of an honest answer; `path` with its query. */
export type Lie = (path: string, honest: string) => string;

/** A server that asks an honest one, and tells something else. */
export class LyingServer {
  readonly url: string;
  readonly #close: () => void;

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  static async before(honest: string, lie: Lie): Promise<LyingServer> {
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const path = request.url ?? "/";
      const { accept } = request.headers;
      const asked = await fetch(
        `${honest}${path}`,
        accept === undefined ? {} : { headers: { accept } },
      );
      const text = lie(path, await asked.text());
      const type = asked.headers.get("content-type") ?? "text/plain";
      response.writeHead(asked.status, { "content-type": type }).end(text);
    };
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // It listens on a port, so its address is no path and not null.
    const { port } = server.address() as AddressInfo;
    return new LyingServer(`http://127.0.0.1:${port}`, () => {
      server.closeAllConnections();
      server.close();
    });
  }

  close(): void {
    this.#close();
  }
}
