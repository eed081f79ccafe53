import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { readKeyFile } from "../keys/key-file.ts";
import { dataFolder } from "../node/data-folder.ts";
import { systemClock } from "../node/system-clock.ts";
import { startServer, type StartedServer } from "./test/started-server.ts";

/** Every canary begins so, and says behind it where it was put in. */
const CANARY = "canary-";
const TOKEN = `${CANARY}metrics-token`;
const COLLECTOR_TOKEN = `${CANARY}otlp-headers`;
const WEBHOOK_SECRET = `${CANARY}webhook-secret-of-16`;
const CALLER_TOKEN = `${CANARY}whoosh-token`;

const root = mkdtempSync(join(tmpdir(), "swoosh-doors-"));
const data = join(root, "data");
let log: readonly string[] = [];
/** What the collector of spans got: bodies, which people read there, and what it was opened with. */
const spans: string[] = [];
const collectorOpenedWith = new Set<string | undefined>();
const collector = createServer((request, response) => {
  collectorOpenedWith.add(request.headers.authorization);
  void text(request).then((body) => {
    spans.push(body);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
let url = "";
let origin = "";
let server: StartedServer;

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const address = collector.address();
  const collectorPort = typeof address === "object" ? address?.port : 0;
  const callers = join(root, "callers.yaml");
  const token = createHash("sha256").update(CALLER_TOKEN).digest("hex");
  writeFileSync(callers, `callers:\n  - { name: caller, token: "sha256-${token}" }\n`);
  server = await startServer({
    flags: { data, "whoosh-callers": callers },
    environment: {
      SWOOSH_METRICS_TOKEN: TOKEN,
      SWOOSH_OTLP_URL: `http://127.0.0.1:${collectorPort}/v1/traces`,
      SWOOSH_OTLP_HEADERS: `authorization=Bearer ${COLLECTOR_TOKEN}`,
      SWOOSH_WHOOSH_GITEA: "http://gitea.test:3000",
      SWOOSH_WHOOSH_GITEA_SECRET: WEBHOOK_SECRET,
    },
  });
  ({ url, origin, log } = server);
});
afterAll(async () => {
  await server.stop();
  collector.closeAllConnections();
  collector.close();
  rmSync(root, { recursive: true, force: true });
});

let keys = 0;
/** A proposal that deserves no refusal but for its changes; those of `unsigned` are made behind the signature. */
function proposal(change: JsonObject, unsigned: JsonObject = {}): string {
  const operator = readKeyFile(dataFolder(data).operatorKey);
  const inputs = { reason: "x", variant: "on" };
  keys += 1;
  const body: JsonObject = {
    current_state_hash: ABSENT_HASH,
    hlc: formatHlc({ wallMs: systemClock.now(), counter: 0 }),
    idem_key: `door:0:set:${keys}`,
    inputs_hash: valueHash(hasher, inputs),
    instance: "flag/door",
    origin,
    signer: operator.identity,
    transition: "Flag_Set",
    ...change,
  };
  const signature = operator.sign(PROPOSAL_TYPE, body);
  return canonicalize({ ...body, inputs, signature, ...unsigned });
}

/** Sends it, and gives status and code of the answer; its text is its sender's own, and is looked at by nobody else. */
async function send(
  path: string,
  {
    body,
    headers = {},
    method = body === undefined ? "GET" : "POST",
  }: {
    readonly body?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<string> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const answer = await response.text();
  const code = /"code":"([a-z_]+)"/u.exec(answer)?.[1];
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
}

/** Bytes on a socket of their own, for what no client would send. */
function sendRaw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.end(bytes);
  return text(socket).then((answer) => /^HTTP\/1\.1 (\d+)/u.exec(answer)?.[1] ?? "cut");
}

const propose = (change: JsonObject, unsigned: JsonObject = {}) =>
  send("/transition", { body: proposal(change, unsigned) });
const canary = (door: string): string => `${CANARY}${door}`;
const afar = { "x-forwarded-for": "192.0.2.1" };

/** Each door with a canary in it, and what its answer must begin with. */
const DOORS: readonly (readonly [door: string, send: () => Promise<string>, answer: string])[] = [
  // Fields in their form, of a proposal that is refused.
  [
    "justification",
    () => propose({ justification: canary("justification"), transition: "Flag_Blow" }),
    "400 unknown_instance",
  ],
  [
    "evidence",
    () => propose({ evidence: [`https://u:${canary("evidence")}@h/`], transition: "Flag_Blow" }),
    "422 secret_found",
  ],
  [
    "idem_key",
    () => propose({ idem_key: `${canary("key")}:0:set:1`, transition: "Flag_Blow" }),
    "400 unknown_instance",
  ],
  // Fields out of their form.
  [
    "long justification",
    () => propose({ justification: canary("long").repeat(400) }),
    "400 malformed",
  ],
  ["evidence of no scheme", () => propose({ evidence: [canary("scheme")] }), "400 malformed"],
  ["evidence of a type", () => propose({ evidence: { [canary("type")]: 1 } }), "400 malformed"],
  ["key without parts", () => propose({ idem_key: canary("parts") }), "400 malformed"],
  ["window", () => propose({ window_id: canary("window") }), "400 malformed"],
  ["clock", () => propose({ hlc: canary("clock") }), "400 malformed"],
  ["state", () => propose({ current_state_hash: canary("state") }), "400 malformed"],
  ["hash of the inputs", () => propose({ inputs_hash: canary("hash") }), "400 malformed"],
  ["transition", () => propose({ transition: canary("transition") }), "400 malformed"],
  ["instance", () => propose({ instance: canary("instance") }), "400 malformed"],
  ["signer", () => propose({ signer: canary("signer") }), "400 malformed"],
  ["signature", () => propose({}, { signature: canary("signature") }), "401 bad_signature"],
  ["unknown field", () => propose({ [canary("field")]: 1 }), "400 malformed"],
  ["its value", () => propose({ comment: canary("comment") }), "400 malformed"],
  ["origin", () => propose({ origin: canary("origin") }), "400 wrong_origin"],
  ["no JSON", () => send("/transition", { body: `{"${canary("json")}` }), "400 malformed"],
  ["a text", () => send("/transition", { body: `"${canary("text")}"` }), "400 malformed"],
  // A stream of proposals is answered line by line.
  [
    "stream",
    () =>
      send("/transitions", {
        body: `{"${canary("line")}":1}\n`,
        headers: { "content-type": "application/x-ndjson" },
      }),
    "200 malformed",
  ],
  // Headers.
  [
    "key in a header",
    () =>
      send("/transition", {
        body: proposal({ transition: "Flag_Blow" }),
        headers: { "idempotency-key": canary("header") },
      }),
    "400 malformed",
  ],
  [
    "trace",
    () =>
      send("/transition", {
        body: proposal({ transition: "Flag_Blow" }),
        headers: { traceparent: canary("trace"), tracestate: canary("trace=1") },
      }),
    "400 unknown_instance",
  ],
  [
    "content type",
    () => send("/transition", { body: "{}", headers: { "content-type": canary("mime/type") } }),
    "415 unsupported_media_type",
  ],
  [
    "agent",
    () => send("/nothing", { headers: { "user-agent": canary("agent") } }),
    "404 not_found",
  ],
  // Paths and queries.
  ["path", () => send(`/${canary("path")}`), "404 not_found"],
  ["path that is none", () => send(`/${canary("percent")}%zz`), "400"],
  ["query", () => send(`/state?instance=${canary("query")}`), "400 bad_query"],
  ["unknown query", () => send(`/health?${canary("unknown")}=1`), "400 bad_query"],
  ["chart", () => send(`/charts/${canary("chart")}`), "404 not_found"],
  ["evidence by name", () => send(`/evidence/${canary("blob")}`), "404 not_found"],
  [
    "resume",
    () => send("/journal?from=x", { headers: { "last-event-id": canary("last") } }),
    "400 bad_query",
  ],
  // Sessions and evidence.
  ["session of", () => send(`/session?signer=${canary("session")}`), "400 bad_query"],
  [
    "session",
    () =>
      send("/session", {
        body: canonicalize({
          challenge: canary("challenge"),
          signature: canary("proof"),
          signer: canary("who"),
        }),
      }),
    "400 malformed",
  ],
  [
    "evidence from afar",
    () =>
      send(`/evidence?name=${canary("name")}`, {
        body: canary("bytes"),
        method: "PUT",
        headers: { ...afar, authorization: `Bearer ${canary("bearer")}` },
      }),
    "401 unauthenticated",
  ],
  // Callers of WHOOSH.
  [
    "WHOOSH token",
    () => send("/api/v1/status", { headers: { authorization: `Bearer ${canary("stranger")}` } }),
    "401 unauthenticated",
  ],
  [
    "WHOOSH body",
    () =>
      send("/api/v1/opportunities/council", {
        body: JSON.stringify({ project_id: canary("body/x"), core_roles: canary("roles") }),
        headers: { authorization: `Bearer ${CALLER_TOKEN}` },
      }),
    "400 malformed",
  ],
  [
    "webhook",
    () =>
      send("/webhooks/gitea", {
        body: JSON.stringify({ action: canary("action") }),
        headers: { "x-gitea-event": "issues", "x-gitea-signature": canary("hmac") },
      }),
    "401 unauthenticated",
  ],
  // What is no HTTP.
  ["garbage", () => sendRaw(`${canary("garbage")}\r\n\r\n`), "400"],
  ["method", () => sendRaw(`CANARY /${canary("method")} HTTP/1.1\r\nhost: a\r\n\r\n`), "400"],
  ["host", () => sendRaw(`GET /health HTTP/1.1\r\nhost: ${canary("host")}\r\n\r\n`), "401"],
];

/** Everything that somebody other than the sender may read. */
async function shown(): Promise<readonly (readonly [output: string, text: string])[]> {
  const paths = [
    ...["/", "/debug", "/debug/dashboard", "/metrics", "/health", "/readyz", "/docs"],
    ...["/openapi.json", "/instances", "/charts", "/journal", "/decisions", "/log/checkpoint"],
    ...["/explain?instance=flag/door", "/state?instance=flag/door"],
  ];
  const pages = await Promise.all(
    paths.map(async (path) => [path, await (await fetch(`${url}${path}`)).text()] as const),
  );
  return [["log", log.join("\n")], ["spans", spans.join("\n")], ...pages];
}

describe("a canary", () => {
  it("goes in by every door and comes out by none", async () => {
    const answers: (readonly [string, string])[] = [];
    for (const [door, knock] of DOORS) answers.push([door, await knock()]);
    // What is accepted is there for everybody; it is what the pages have to show.
    expect(await propose({})).toBe("202");
    const outputs = await shown();
    expect(outputs.find(([name]) => name === "log")?.[1]).toContain("unknown_instance");
    expect(outputs.find(([name]) => name === "/debug")?.[1]).toContain("unknown_instance");
    const found = outputs.flatMap(([output, told]) =>
      (told.match(/.{0,60}canary-.{0,20}/gu) ?? []).map((place) => `${output}: ${place}`),
    );
    expect(found).toEqual([]);
    const wanted = DOORS.map(([door, , answer]) => [door, expect.stringMatching(`^${answer}`)]);
    expect(answers).toEqual(wanted);
  });

  it("of the settings opens what it is for, and is nowhere", async () => {
    const asked = async (path: string, token: string) =>
      send(path, { headers: { authorization: `Bearer ${token}` } });
    expect(await asked("/api/v1/status", CALLER_TOKEN)).toBe("200");
    const body = JSON.stringify({ action: "none" });
    const signature = createHmac("sha256", WEBHOOK_SECRET).update(body).digest("hex");
    const delivered = await send("/webhooks/gitea", {
      body,
      headers: { "x-gitea-event": "push", "x-gitea-signature": signature },
    });
    expect(delivered).not.toContain("401");
    await server.stop();
    expect([...collectorOpenedWith]).toEqual([`Bearer ${COLLECTOR_TOKEN}`]);
    expect([log.join("\n"), spans.join("\n")].join("\n")).not.toContain(CANARY);
  });
});
