import { createPrivateKey } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  base64Of,
  canonicalize,
  checkpointText,
  decisionRecord,
  decodeRecord,
  encodeVerifierKey,
  formatNote,
  hashOfCanonical,
  hexBytes,
  identityKeyOf,
  keyIdOf,
  leafHash,
  NOTE_ED25519,
  planConsistency,
  planInclusion,
  preAuthenticationEncoding,
  proofOf,
  publicKeyOf,
  rootOf,
  signatureBytesOf,
  type Answer,
  type JsonObject,
  type VerifierKey,
} from "@swoosh/kernel";
import { createNodeCrypto, ManualClock, nodeHasher } from "@swoosh/kernel/testing";
import {
  CHALLENGE_MS,
  edgeProblem,
  problemHeaders,
  problemOf,
  readQuery,
  routeOf,
  SESSION_MS,
  SESSION_TYPE,
  sessionPayload,
  type Problem,
  type QueryValues,
  type RouteId,
} from "@swoosh/protocol";
import {
  mustAccept,
  openTestEngine,
  type TestEngine,
} from "../../../kernel/src/testing/test-engine.ts";
import { identityChart, orderChart } from "../../../kernel/src/testing/test-kernel.ts";
import { FakeMemories } from "./fake-memories.ts";
import { publicEd25519KeyOf, verifyEd25519 } from "../../../kernel/src/testing/node-crypto.ts";

const NODE_SEED = nodeHasher.sha256("node seed");
export const OPERATOR_SEED = nodeHasher.sha256("operator seed");

/**
 * A small server over a real engine with real signatures: enough of the contract for a client, on a clock that tests
 * move. It stands in for the server of `apps/server`, which packages may not import; the same suite runs on both.
 */
export class EngineServer {
  readonly clock: ManualClock;
  readonly test: TestEngine;
  /** Reads need a session, as from afar. */
  isAfar = false;
  /** Bytes of evidence by hash; a test may doctor them. */
  readonly evidence = new Map<string, Uint8Array>();
  readonly #memories = new FakeMemories();
  readonly #server: Server;
  readonly #challenges = new Map<string, number>();
  readonly #tokens = new Map<string, number>();
  readonly #tails = new Set<() => void>();
  readonly #crypto: ReturnType<typeof createNodeCrypto>;
  #serial = 0;
  sessionsOpened = 0;
  /** Lines of a stream say whether they are the first answer again: the contract lets servers be silent about it. */
  tellsReplays = false;
  /** So many proposals are taken, but their answers never leave. */
  lostAnswers = 0;
  /** What else is served, by path: pages and sources of a test in a browser. */
  file: (path: string) => { readonly type: string; readonly body: string } | undefined = () =>
    undefined;

  private constructor(
    test: TestEngine,
    clock: ManualClock,
    crypto: ReturnType<typeof createNodeCrypto>,
  ) {
    this.test = test;
    this.clock = clock;
    this.#crypto = crypto;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response).catch((error: unknown) => {
        this.#problem(response, edgeProblem("internal", String(error)));
      });
    });
  }

  static async open(): Promise<EngineServer> {
    const clock = new ManualClock();
    const crypto = createNodeCrypto({ hasher: nodeHasher, seed: NODE_SEED });
    const test = await openTestEngine({
      clock,
      crypto,
      genesis: {
        name: "sdk",
        operator: identityKeyOf(publicEd25519KeyOf(OPERATOR_SEED)),
        identityChart: identityChart(),
      },
    });
    mustAccept(await test.engine.act.installChart(orderChart()));
    const opened = new EngineServer(test, clock, crypto);
    await new Promise<void>((resolve) => opened.#server.listen(0, "127.0.0.1", resolve));
    return opened;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  get origin(): string {
    return this.test.engine.state.origin;
  }

  get verifierKey(): string {
    return encodeVerifierKey(nodeHasher, this.#key());
  }

  async genesisHash(): Promise<string> {
    const [text = ""] = await this.test.engine.records(0, 1);
    return leafHash(nodeHasher, text);
  }

  /** Forgets every session, as a restart does. */
  forgetSessions(): void {
    this.#tokens.clear();
  }

  /** Breaks every open connection. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.test.engine.stop();
  }

  #key(): VerifierKey {
    const key = publicKeyOf(this.#crypto.node) ?? new Uint8Array();
    return { name: this.origin, type: NOTE_ED25519, key };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("date", httpDate(this.clock.now()));
    const url = new URL(request.url ?? "/", "http://x");
    const body = await bodyOf(request);
    const route = `${request.method} ${url.pathname}`;
    const query = (id: RouteId): QueryValues => {
      const read = readQuery(routeOf(id), url.searchParams);
      if (!read.ok) throw new TypeError(read.reasons.join("; "));
      return read.values;
    };
    const needsToken = !["GET /log/checkpoint", "GET /session", "POST /session"].includes(route);
    const isProposal = route.startsWith("POST /transition");
    const isOpen = !this.isAfar && route !== "PUT /evidence" && route !== "POST /memories";
    if (needsToken && !isProposal && !isOpen && !this.#hasToken(request))
      return this.#problem(response, edgeProblem("unauthenticated", "open a session"));
    if (route === "POST /transition")
      return this.#transition(response, body, query("proposeTransition"));
    if (route === "POST /transitions") return this.#transitions(response, body);
    if (route === "GET /state") return this.#state(response, query("readState"));
    if (route === "GET /instances") return this.#instances(response, query("listInstances"));
    if (route === "GET /decisions") return this.#decisions(response, query("listDecisions"));
    if (route === "GET /journal") return this.#journal(request, response, query("readJournal"));
    if (route === "GET /log/checkpoint") return this.#checkpoint(response);
    if (route === "GET /log/proof") return this.#proof(response, query("proveInclusion"));
    if (route === "GET /log/consistency") return this.#proof(response, query("proveConsistency"));
    if (route === "GET /session") return this.#challenge(response);
    if (route === "POST /session") return this.#session(response, body);
    if (route === "GET /health") return this.#health(response);
    if (route === "PUT /evidence") return this.#store(response, body);
    if (route === "POST /memories") return this.#remember(response, body, query("rememberText"));
    if (route === "GET /memories") return this.#recall(response, query("recallMemories"));
    const evidence = this.evidence.get(url.pathname.replace("/evidence/", ""));
    if (url.pathname.startsWith("/evidence/") && evidence !== undefined) {
      response.end(evidence);
      return;
    }
    const file = this.file(url.pathname);
    if (file === undefined)
      return this.#problem(response, edgeProblem("not_found", `nothing at ${route}`));
    response.writeHead(200, { "content-type": file.type });
    response.end(file.body);
  }

  async #transition(response: ServerResponse, body: Buffer, query: QueryValues): Promise<void> {
    const dryRun = query.text("dry_run") === "true";
    const answer = await this.test.engine.propose(body.toString(), { dryRun });
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      response.destroy();
      return;
    }
    if (answer.kind === "refused") return this.#problem(response, problemOfAnswer(answer));
    if (answer.replayed) response.setHeader("idempotent-replayed", "true");
    this.#json(response, answer.text, dryRun ? 200 : 202);
  }

  async #transitions(response: ServerResponse, body: Buffer): Promise<void> {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    const lines = body
      .toString()
      .split("\n")
      .filter((line) => line !== "");
    for (const answer of lines.map((line) => this.test.engine.propose(line))) {
      const settled = await answer;
      const line =
        settled.kind === "refused"
          ? problemOfAnswer(settled)
          : {
              ...JSON.parse(settled.text),
              status: 202,
              ...(settled.replayed && this.tellsReplays ? { replayed: true } : {}),
            };
      response.write(`${canonicalize(line)}\n`);
    }
    response.end();
  }

  async #state(response: ServerResponse, query: QueryValues): Promise<void> {
    const instance = query.text("instance") ?? "";
    const head = this.test.engine.state.head(instance);
    if (head === undefined)
      return this.#problem(response, edgeProblem("not_found", `no ${instance}`));
    const { configuration, hlc_last: hlc } = head.document;
    const index = await this.#indexOf(instance);
    this.#json(
      response,
      canonicalize({
        configuration,
        hash: head.hash,
        hlc,
        index,
        instance,
        state: asJson(head.document),
      }),
    );
  }

  async #instances(response: ServerResponse, query: QueryValues): Promise<void> {
    const names = new Set<string>();
    for (const text of await this.#texts()) names.add(JSON.parse(text).proposal.instance);
    const after = query.text("after") ?? "";
    const sorted = [...names]
      .filter((name) => this.test.engine.state.head(name) !== undefined && name > after)
      .filter((name) => name.startsWith(query.text("chart") ?? ""))
      .sort((one, other) => (one < other ? -1 : 1));
    // Two a page, whatever the limit: a client must go through the pages.
    const page = sorted.slice(0, 2);
    const items = await Promise.all(
      page.map(async (instance) => {
        const head = this.test.engine.state.head(instance);
        return {
          configuration: head?.document.configuration ?? [],
          hash: head?.hash ?? "",
          index: await this.#indexOf(instance),
          instance,
        };
      }),
    );
    const next = sorted.length > 2 ? (page.at(-1) ?? null) : null;
    this.#json(response, canonicalize({ items, next }));
  }

  async #decisions(response: ServerResponse, query: QueryValues): Promise<void> {
    const items: JsonObject[] = [];
    for (const text of await this.#texts()) {
      const decoded = decodeRecord(text);
      if (!decoded.ok) continue;
      const { record } = decoded;
      const instance = query.text("instance");
      if (instance !== undefined && record.proposal.instance !== instance) continue;
      const leaf = leafHash(nodeHasher, text);
      items.push(decisionRecord(record, leaf, { role: "engine", derivedFrom: [] }));
    }
    this.#json(response, canonicalize({ items, next: null }));
  }

  async #journal(
    request: IncomingMessage,
    response: ServerResponse,
    query: QueryValues,
  ): Promise<void> {
    let from = query.integer("from") ?? 0;
    if (request.headers.accept !== "text/event-stream") {
      const texts = await this.test.engine.records(from, query.integer("limit") ?? 100);
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.end(texts.map((text) => `${text}\n`).join(""));
      return;
    }
    const last = request.headers["last-event-id"];
    // As many proxies do, this server resumes a little further back than it was asked.
    if (last !== undefined) from = Math.max(0, Number(last) - 1);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": hello\n\n");
    const more = async (): Promise<void> => {
      const texts = await this.test.engine.records(from, 1_000);
      for (const text of texts) {
        response.write(`id: ${from}\r\ndata: ${text}\r\n\r\n`);
        from += 1;
      }
    };
    const tell = (): void => void more();
    this.#tails.add(tell);
    response.on("close", () => this.#tails.delete(tell));
    await more();
  }

  /** Tells the tails that there are new records. */
  tellTails(): void {
    for (const tell of this.#tails) tell();
  }

  #checkpoint(response: ServerResponse): void {
    const { size, root } = this.test.engine.checkpoint();
    const text = checkpointText({ origin: this.origin, size, root, extensions: [] });
    const key = this.#key();
    const bytes = this.#crypto.sign(nodeHasher.utf8(text));
    const keyId = keyIdOf(nodeHasher, key);
    response.end(formatNote({ text, signatures: [{ name: key.name, keyId, bytes }] }));
  }

  async #proof(response: ServerResponse, query: QueryValues): Promise<void> {
    const { size } = this.test.engine.checkpoint();
    const index = query.integer("index");
    const plan =
      index === undefined
        ? planConsistency({ from: query.integer("from") ?? 0, to: query.integer("to") ?? size })
        : planInclusion({ index, size: query.integer("size") ?? size });
    const leaves = (await this.#texts()).map((text) => leafHash(nodeHasher, text));
    const nodes = (place: { readonly level: number; readonly index: number }): string => {
      const width = 2 ** place.level;
      return rootOf(nodeHasher, leaves.slice(place.index * width, (place.index + 1) * width));
    };
    const hashes = proofOf(nodeHasher, { plan, nodes }) ?? [];
    this.#json(response, canonicalize({ hashes: hashes.map((hash) => base64Of(hexBytes(hash))) }));
  }

  #challenge(response: ServerResponse): void {
    this.#serial += 1;
    const challenge = Buffer.from(nodeHasher.sha256(`challenge ${this.#serial}`)).toString(
      "base64url",
    );
    const expires_at = this.clock.now() + CHALLENGE_MS;
    this.#challenges.set(challenge, expires_at);
    this.#json(response, canonicalize({ challenge, expires_at }));
  }

  #session(response: ServerResponse, body: Buffer): void {
    const { challenge, signature, signer } = JSON.parse(body.toString());
    const text = canonicalize(sessionPayload({ challenge, origin: this.origin, signer }));
    const bytes = preAuthenticationEncoding(nodeHasher, { type: SESSION_TYPE, body: text });
    const publicKey = publicKeyOf(signer);
    const raw = signatureBytesOf(signature);
    const isFresh = this.#challenges.delete(challenge);
    const isGood =
      publicKey !== undefined &&
      raw !== undefined &&
      verifyEd25519({ publicKey, signature: raw, bytes });
    if (!isFresh || !isGood)
      return this.#problem(
        response,
        edgeProblem("unauthenticated", "the challenge is not answered"),
      );
    this.#serial += 1;
    this.sessionsOpened += 1;
    const token = `token-${this.#serial}`;
    const expires_at = this.clock.now() + SESSION_MS;
    this.#tokens.set(token, expires_at);
    this.#json(response, canonicalize({ expires_at, token }));
  }

  #hasToken(request: IncomingMessage): boolean {
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    return (this.#tokens.get(token) ?? 0) > this.clock.now();
  }

  #health(response: ServerResponse): void {
    const { size, root } = this.test.engine.checkpoint();
    this.#json(
      response,
      canonicalize({
        consensus: { leader: null, mode: "single", role: "leader", term: 1 },
        durableIndex: size - 1,
        lastSnapshotHLC: null,
        origin: this.origin,
        rootHash: root,
        status: "ok",
        treeSize: size,
        verifierKey: this.verifierKey,
        walLag: 0,
      }),
    );
  }

  #store(response: ServerResponse, body: Buffer): void {
    const hash = `sha256-${Buffer.from(nodeHasher.sha256(body)).toString("hex")}`;
    this.evidence.set(hash, body);
    this.#json(response, canonicalize({ bytes: body.length, hash }), 201);
  }

  #remember(response: ServerResponse, body: Buffer, query: QueryValues): void {
    const owner = query.text("for") ?? "";
    if (owner !== "" && this.test.engine.state.head(owner) === undefined)
      return this.#problem(response, edgeProblem("not_found", `no ${owner}`));
    this.#json(response, canonicalize(this.#memories.remember(owner, body.toString())), 201);
  }

  #recall(response: ServerResponse, query: QueryValues): void {
    const owner = query.text("for") ?? "";
    if (owner !== "" && this.test.engine.state.head(owner) === undefined)
      return this.#problem(response, edgeProblem("not_found", `no ${owner}`));
    const [words, limit] = [query.text("query") ?? "", query.integer("limit") ?? 1];
    this.#json(response, canonicalize(this.#memories.recall(owner, words, limit)));
  }

  async #texts(): Promise<readonly string[]> {
    return this.test.engine.records(0, this.test.engine.status().size);
  }

  async #indexOf(instance: string): Promise<number> {
    const texts = await this.#texts();
    return texts.findLastIndex((text) => JSON.parse(text).proposal.instance === instance);
  }

  #json(response: ServerResponse, text: string, status = 200): void {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(text);
  }

  #problem(response: ServerResponse, problem: Problem): void {
    response.writeHead(problem.status, problemHeaders(problem));
    response.end(JSON.stringify(problem));
  }
}

function problemOfAnswer(answer: Extract<Answer, { kind: "refused" }>): Problem {
  const { refused, retryAfterMs } = answer;
  return problemOf(refused, retryAfterMs === null ? {} : { retry: { after_ms: retryAfterMs } });
}

function asJson(value: unknown): JsonObject {
  const text = JSON.stringify(value);
  hashOfCanonical(nodeHasher, text);
  return JSON.parse(text);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** The operator's key as `swoosh init` writes it. */
export function operatorPem(): string {
  const der = Buffer.concat([PKCS8_PREFIX, OPERATOR_SEED]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return String(key.export({ format: "pem", type: "pkcs8" }));
}

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
