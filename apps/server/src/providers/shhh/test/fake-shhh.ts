import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { PolicyScanner } from "../policy-scanner.ts";

/** A policy engine over HTTP, with the rules of a scanner; what it answers can be replaced. */
export class FakeShhh {
  /** Instead of a verdict: status and body. */
  instead: { readonly status: number; readonly body: string } | undefined;
  readonly asked: { readonly place: string; readonly bytes: number }[] = [];
  url = "";
  close: () => Promise<void> = async () => {};
  readonly #scanner: PolicyScanner;

  constructor(scanner: PolicyScanner) {
    this.#scanner = scanner;
  }

  async serve(): Promise<this> {
    const server = createServer((request, response) => {
      void this.#answer(request).then(({ body, status }) => response.writeHead(status).end(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    this.url = `http://127.0.0.1:${port}/v1/judge`;
    this.close = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    };
    return this;
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const bytes = Buffer.concat(pieces);
    const place = decodeURIComponent(String(request.headers["x-place"]));
    this.asked.push({ place, bytes: bytes.length });
    if (this.instead !== undefined) return this.instead;
    const { findings, policyVersion, verdict } = this.#scanner.scanBytes(bytes, place);
    const told = findings.map(({ hash, line, rule, verdict: of }) => ({
      hash,
      line,
      rule,
      verdict: of,
    }));
    const body = JSON.stringify({ policy_version: policyVersion, verdict, findings: told });
    return { status: 200, body };
  }
}
