import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { extname, join, normalize } from "node:path";

/**
 * Serves the repository's sources to a browser: TypeScript with its types stripped, as Node itself runs it, so that both
 * run the same code. Loopback only, read-only, nothing outside `root`.
 */
export function serveSources(
  root: string,
  pages: ReadonlyMap<string, string>,
): Promise<SourceServer> {
  const server = createServer((request, response) => {
    const path = normalize(
      decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname),
    );
    const page = pages.get(path);
    try {
      const body = page ?? sourceOf(join(root, path));
      const type = page === undefined ? "text/javascript" : "text/html";
      response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(body);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      resolve({ url: `http://127.0.0.1:${port}`, close: () => closeServer(server) });
    });
  });
}

export interface SourceServer {
  readonly url: string;
  close(): Promise<void>;
}

function sourceOf(file: string): string {
  const text = readFileSync(file, "utf8");
  return extname(file) === ".ts" ? stripTypeScriptTypes(text) : text;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
