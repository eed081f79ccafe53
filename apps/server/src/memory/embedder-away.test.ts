import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import type { EmbedderFlags } from "./choose-embedder.ts";
import { tellEmbedder } from "./tell-embedder.ts";

let embedder: Server;
let port = 0;
let status = 200;
let asked: string[] = [];
beforeEach(async () => {
  port = 0;
  asked = [];
  embedder = await listen();
});
afterEach(() => close());

/** Somebody who takes connections, there where somebody was before. */
async function listen(): Promise<Server> {
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`.trim());
    response.writeHead(status, { connection: "close" }).end("{}");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address === "object" && address !== null) port = address.port;
  return server;
}

async function close(): Promise<void> {
  embedder.closeAllConnections();
  await new Promise((resolve) => embedder.close(resolve));
}

const flags = (name: EmbedderFlags["embedder"]): EmbedderFlags => ({
  embedder: name,
  embedderUrl: `http://127.0.0.1:${port}`,
});

it("/readyz names the embedder that memories need while it is away, and all else goes on", async () => {
  const rig = await HttpRig.open({ memory: { embedder: flags("ollama"), timeoutMs: 1_000 } });
  const ready = async (): Promise<readonly [status: number, body: unknown]> => {
    rig.clock.advance(5_000);
    const response = await rig.get("/readyz");
    return [response.status, JSON.parse(await response.text())];
  };
  try {
    rig.server.dependOn(async () => ["another: it is away"]);
    expect(await ready()).toEqual([503, { missing: ["another: it is away"], ok: false }]);
    rig.server.dependOn(async () => []);
    expect(await ready()).toEqual([200, { missing: [], ok: true }]);
    await close();
    expect(await ready()).toEqual([
      503,
      {
        missing: [
          expect.stringMatching(
            /^embedder-url: 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/u,
          ),
        ],
        ok: false,
      },
    ]);
    await rig.flip("a");
    expect(await rig.json("/health")).toMatchObject({ status: "ok" });
    embedder = await listen();
    expect(await ready()).toEqual([200, { missing: [], ok: true }]);
    // Whether it takes what it is sent is known to those who send it.
    expect(asked).toEqual([]);
  } finally {
    await rig.close();
  }
});

it("a start says of the embedder that it is away or refuses the key, and never the key", async () => {
  const told = async (
    name: EmbedderFlags["embedder"],
    { answer = 200, key }: { readonly answer?: number; readonly key?: string } = {},
  ): Promise<readonly string[]> => {
    status = answer;
    const lines: string[] = [];
    const settings = { embedder: flags(name), timeoutMs: 1_000 };
    await tellEmbedder(key === undefined ? settings : { ...settings, key }, (level, message) =>
      lines.push(`${level} ${message}`),
    );
    return lines;
  };
  const key = "canary-key";
  expect(await told("ngrams", { key })).toEqual([]);
  expect(await told("ollama")).toEqual([]);
  expect(await told("openai", { key })).toEqual([]);
  // No such list: whether it gives vectors is found out by the first text.
  expect(await told("openai", { key, answer: 404 })).toEqual([]);
  const refused = await told("openai", { key, answer: 401 });
  expect(refused).toEqual([
    expect.stringMatching(/^warn embedder-url: 127\.0\.0\.1:\d+ refuses embedder-key \(401\)/u),
  ]);
  expect(await told("openai", { answer: 403 })).toEqual([
    expect.stringMatching(/ wants a key \(403\); set embedder-key$/u),
  ]);
  expect([...new Set(asked)]).toEqual([
    "GET /api/tags",
    "GET /v1/models Bearer canary-key",
    "GET /v1/models",
  ]);
  await close();
  const away = await told("openai", { key });
  expect(away).toEqual([expect.stringMatching(/ cannot be reached: .*ECONNREFUSED/u)]);
  expect([...refused, ...away].join()).not.toContain("canary");
  embedder = await listen();
});
