// The world around an installation, in a process of its own: `fork(world-outside.ts, [host, port of a NATS])`. Every service has a port of
// its own on an address that is not the loopback's. Tells its ports, then each new connection; takes moods, and what to keep waiting.
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import process from "node:process";
import { systemClock } from "../../node/system-clock.ts";
import { FakeKaching, serveKaching, type Mood } from "../../providers/license/test/fake-kaching.ts";
import { serveTools } from "../../providers/tool/test/http-server.ts";

/** What it takes. */
export type ToWorld =
  | { readonly mood: Mood }
  /** Requests to these (`sink`, `kaching`) wait for an answer from now on; those to others are answered, those that waited too. */
  | { readonly wait: readonly Service[] }
  /** Who has an open connection, or makes one, is told that it may end. */
  | { readonly go: true };

export const SERVICES = ["kaching", "nats", "tools", "sink", "git", "open"] as const;
export type Service = (typeof SERVICES)[number];

/** What it tells. */
export type FromWorld =
  | { readonly ports: Readonly<Record<Service, number>>; readonly key: string }
  | { readonly opened: Service };

/** A new token is asked for 14.5 to 24 s after the one before, so that there is time for a second question that is answered late. */
const LIFE_MS = 30_000;
const [host = "", natsPort = ""] = process.argv.slice(2);
const kaching = new FakeKaching(() => systemClock.now());
kaching.lifeMs = LIFE_MS;
const licences = await serveKaching(kaching);
const tools = await serveTools("1.0.0", ["search"]);
let go = (): void => {};
const mayGo = new Promise<void>((resolve) => {
  go = resolve;
});
let kept: readonly Service[] = [];
let waiting: { readonly service: Service; readonly answer: () => void }[] = [];

function answerInTime(service: Service, answer: () => void): void {
  if (kept.includes(service)) waiting.push({ service, answer });
  else answer();
}

function tell(message: FromWorld): void {
  process.send?.(message);
}

/** Gives its port. */
async function listen(service: Service, server: Server): Promise<number> {
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    tell({ opened: service });
  });
  server.listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Whoever connects is joined to a port of the loopback. */
function relayTo(port: number): Server {
  return createServer((socket) => {
    const inner = connect(port, "127.0.0.1");
    inner.on("error", () => socket.destroy());
    socket.on("error", () => inner.destroy());
    socket.on("close", () => inner.destroy());
    inner.on("close", () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
}

/** Whoever connects is let be. */
function silent(): Server {
  return createServer((socket) => {
    socket.on("error", () => {}).resume();
  });
}

/** Whoever connects is let be until it may end. */
function held(): Server {
  return createServer((socket) => {
    socket.on("error", () => {}).resume();
    void mayGo.then(() => socket.write("go"));
  });
}

async function textOf(request: AsyncIterable<unknown>): Promise<string> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text;
}

/** The fake speaks for one cluster: for whichever asks. */
const ofLicences: RequestListener = (request, response) => {
  void (async () => {
    const body = await textOf(request);
    const asked: { cluster_id?: string } = JSON.parse(body);
    await new Promise<void>((resolve) => answerInTime("kaching", resolve));
    kaching.cluster = asked.cluster_id ?? "";
    const answer = await fetch(new URL(request.url ?? "", licences.url), { method: "POST", body });
    // Busy is what it is once: a token that is not renewed ends.
    if (kaching.mood.kind === "is busy") kaching.mood = { kind: "grants" };
    const after = answer.headers.get("retry-after");
    response.writeHead(answer.status, after === null ? {} : { "retry-after": after });
    response.end(await answer.text());
  })().catch(() => response.destroy());
};

/** A server of tools that keeps its stream of events open, as many do; the rest is the small one's. */
const ofTools: RequestListener = (request, response) => {
  void (async () => {
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      return;
    }
    const body = await textOf(request);
    const { accept = "*/*" } = request.headers;
    const headers = new Headers({ accept, "content-type": "application/json" });
    for (const [name, value] of Object.entries(request.headers))
      if (name.startsWith("mcp-")) headers.set(name, String(value));
    const method = request.method ?? "POST";
    const answer = await fetch(tools.url, { method, headers, body });
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "application/json",
    });
    response.end(await answer.text());
  })().catch(() => response.destroy());
};

const ofSink: RequestListener = (request, response) => {
  request.resume();
  answerInTime("sink", () => response.writeHead(202).end());
};

process.on("message", (message: ToWorld) => {
  if ("mood" in message) kaching.mood = message.mood;
  else if ("go" in message) go();
  else {
    kept = message.wait;
    const before = waiting;
    waiting = [];
    for (const { answer, service } of before) answerInTime(service, answer);
  }
});
process.on("disconnect", () => process.exit());

tell({
  key: String(kaching.key.export({ format: "pem", type: "spki" })),
  ports: {
    kaching: await listen("kaching", createHttpServer(ofLicences)),
    nats: await listen("nats", relayTo(Number(natsPort))),
    tools: await listen("tools", createHttpServer(ofTools)),
    sink: await listen("sink", createHttpServer(ofSink)),
    git: await listen("git", silent()),
    open: await listen("open", held()),
  },
});
