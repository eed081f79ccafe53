import { once } from "node:events";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { LicenceAnswer, LicenceServer } from "../licence-server.ts";

/** What the licence server is up to. */
export type Mood =
  | { readonly kind: "grants" }
  | { readonly kind: "denies"; readonly reason: string }
  | { readonly kind: "is busy"; readonly retryAfterS: number }
  | { readonly kind: "fails" }
  | { readonly kind: "redirects" };

/** Licences, tokens and moods of a KACHING that tests move. Doors: `FakeLicenceServer` in memory, `serveKaching` over HTTP. */
export class FakeKaching {
  readonly key: KeyObject;
  readonly #secret: KeyObject;
  mood: Mood = { kind: "grants" };
  version = 1;
  cluster = "c1";
  lifeMs = 60_000;
  readonly calls: string[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    const pair = generateKeyPairSync("ed25519");
    this.key = pair.publicKey;
    this.#secret = pair.privateKey;
    this.#now = now;
  }

  token(change: object = {}, secret: KeyObject = this.#secret): string {
    const iat = Math.floor(this.#now() / 1_000);
    const claims = {
      sub: "LIC-1",
      cluster: this.cluster,
      iat,
      exp: iat + this.lifeMs / 1_000,
      ver: this.version,
      ...change,
    };
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "EdDSA", typ: "JWT" })}.${part(claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), secret).toString("base64url")}`;
  }
}

export class FakeLicenceServer implements LicenceServer {
  readonly #kaching: FakeKaching;

  constructor(kaching: FakeKaching) {
    this.#kaching = kaching;
  }

  async activate(): Promise<LicenceAnswer> {
    return this.#answer("activate");
  }

  async heartbeat(): Promise<LicenceAnswer> {
    return this.#answer("heartbeat");
  }

  async status(): Promise<string> {
    const { mood } = this.#kaching;
    if (mood.kind === "denies") return `suspended: ${mood.reason}`;
    return mood.kind === "grants" ? "active" : "unreachable: fake";
  }

  #answer(call: string): LicenceAnswer {
    const { calls, mood } = this.#kaching;
    calls.push(call);
    switch (mood.kind) {
      case "grants":
        return { kind: "token", token: this.#kaching.token() };
      case "denies":
        return { kind: "denied", reason: mood.reason };
      case "is busy":
        return { kind: "throttled", reason: "busy", retryAfterMs: mood.retryAfterS * 1_000 };
      case "fails":
      case "redirects":
        return { kind: "unreachable", reason: "HTTP 500" };
    }
  }
}

/** The same over HTTP, on a port of its own. */
export async function serveKaching(
  kaching: FakeKaching,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(kaching, request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { url: `http://127.0.0.1:${port}/v1`, close: () => closed(server) };
}

async function answer(
  kaching: FakeKaching,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://h");
  let text = "";
  for await (const piece of request) text += String(piece);
  const send = (status: number, body: object, headers: Record<string, string> = {}): void => {
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));
  };
  const { mood } = kaching;
  if (request.method === "GET" && pathname === "/v1/status") {
    const isOurs = searchParams.get("license_id") === "LIC-1";
    if (mood.kind === "denies") return send(200, { status: "suspended", reason: mood.reason });
    return send(isOurs ? 200 : 404, { status: isOurs ? "active" : "unknown" });
  }
  const call = pathname.slice("/v1/".length);
  const body: { license_id?: string; cluster_id?: string; token?: string } = JSON.parse(text);
  if (body.license_id !== "LIC-1" || body.cluster_id !== kaching.cluster)
    return send(404, { error: "unknown licence" });
  if (call === "heartbeat" && body.token === undefined) return send(400, { error: "no token" });
  kaching.calls.push(call);
  switch (mood.kind) {
    case "grants":
      return send(call === "activate" ? 201 : 200, { token: kaching.token() });
    case "denies":
      return send(403, { reason: mood.reason });
    case "is busy":
      return send(429, { message: "busy" }, { "retry-after": String(mood.retryAfterS) });
    case "fails":
      return send(500, {});
    case "redirects":
      return send(302, {}, { location: "http://127.0.0.1/elsewhere" });
  }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
