import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";

export interface HttpToolServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A small server of tools over streamable HTTP, on a port of its own. */
export async function serveTools(
  version: string,
  tools: readonly string[],
): Promise<HttpToolServer> {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: "test", version });
    for (const tool of tools)
      server.registerTool(tool, { description: tool }, async () => ({
        content: [{ type: "text", text: tool }],
      }));
    return server;
  });
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await handler.fetch(await requestOf(request));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      if (answer.body !== null) for await (const piece of answer.body) response.write(piece);
      response.end();
    })().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    url: `http://127.0.0.1:${String(port)}/mcp`,
    close: async () => {
      await handler.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function requestOf(request: IncomingMessage): Promise<Request> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headersDistinct))
    for (const one of value ?? []) headers.append(name, one);
  const method = request.method ?? "GET";
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://127.0.0.1${request.url ?? "/"}`, {
    method,
    headers,
    ...(hasBody ? { body: Buffer.concat(pieces) } : {}),
  });
}
