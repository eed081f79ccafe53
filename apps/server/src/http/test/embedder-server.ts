import { createServer, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

type Answer = (texts: readonly string[], response: ServerResponse) => void;

/** A server of vectors on a port of its own that answers as the test says at the time. */
export class EmbedderServer {
  answer: Answer = vectors;
  asked = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        this.asked += 1;
        const { input }: { readonly input: readonly string[] } = JSON.parse(body);
        this.answer(input, response);
      });
    });
  }

  static async open(): Promise<EmbedderServer> {
    const opened = new EmbedderServer();
    await new Promise<void>((resolve) => opened.#server.listen(0, "127.0.0.1", resolve));
    return opened;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Another direction for each first letter. */
function vectorOf(words: string): readonly number[] {
  const first = words.codePointAt(0) ?? 0;
  return Array.from({ length: 768 }, (_, at) => (at % 26 === first % 26 ? 1 : 0));
}

export function vectors(texts: readonly string[], response: ServerResponse): void {
  sendVectors(response, texts.map(vectorOf));
}

export function sendVectors(response: ServerResponse, embeddings: unknown): void {
  response.end(JSON.stringify({ embeddings }));
}
