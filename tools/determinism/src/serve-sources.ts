import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { extname, join, normalize } from "node:path";

/**
 * Serves the repository's sources to a browser: TypeScript with its types stripped, as Node itself runs it, so that both
 * run the same code. Loopback only, read-only, nothing outside `root`. `specifiers` are put in place of packages' names where no
 * import map reaches: in workers. Pages are isolated, so that they may share memory with threads.
 */
export function serveSources(
  root: string,
  pages: ReadonlyMap<string, string>,
  specifiers: ReadonlyMap<string, string> = new Map(),
): Promise<SourceServer> {
  const server = createServer((request, response) => {
    const path = normalize(
      decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname),
    );
    const page = pages.get(path);
    try {
      const body = page ?? resolved(sourceOf(join(root, path)), specifiers);
      const type = path.endsWith(".html") ? "text/html" : "text/javascript";
      response.writeHead(200, { ...ISOLATED, "content-type": `${type}; charset=utf-8` }).end(body);
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

const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export interface SourceServer {
  readonly url: string;
  close(): Promise<void>;
}

function sourceOf(file: string): string {
  const text = readFileSync(file, "utf8");
  return extname(file) === ".ts" ? stripTypeScriptTypes(text) : text;
}

function resolved(source: string, specifiers: ReadonlyMap<string, string>): string {
  return source.replaceAll(
    /(\bfrom\s*|\bimport\s*)"([^"./][^"]*)"/g,
    (whole: string, before: string, name: string) => {
      const path = specifiers.get(name);
      return path === undefined ? whole : `${before}"${path}"`;
    },
  );
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
