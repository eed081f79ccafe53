// A bad network between runners and their server, in a process of its own: `fork(bad-network.ts, [url of the server, seed])`. Tells its
// own URL, and, whenever it is asked anything, what it did so far.
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { SeededRandom } from "@swoosh/kernel/testing";
import { WebSocket, WebSocketServer } from "ws";
import { wakeInReal } from "../calls.ts";

/** What it did. */
export interface Misdeeds {
  /** Frames of calls, answers, events, rosters and heartbeats that came to it. */
  readonly frames: number;
  readonly lost: number;
  readonly doubled: number;
  readonly leasesDoubled: number;
  /** Kept back until a later one has overtaken them, or `HOLD_MS` have passed. */
  readonly held: number;
  /** Delivered behind one that was sent later. */
  readonly overtaken: number;
  /** Connections that it ended, those before the welcome among them. */
  readonly cut: number;
  /** Proposals. */
  readonly posts: number;
  readonly postsLost: number;
  readonly postsDoubled: number;
  /** Proposals that arrived, and whose answers did not. */
  readonly answersLost: number;
}

/** What it tells. */
export type FromNetwork = { readonly url: string } | { readonly did: Misdeeds };

/** Dealt without putting back: so the rates hold for any number. Of 20 frames 10 are held, 2 lost, 4 doubled. */
const FRAMES = Array.from({ length: 20 }, (_, at) => ({
  isLost: at < 2,
  isDoubled: at >= 2 && at < 6,
  isHeld: at >= 2 && at < 12,
}));
/** Of 10 proposals one is lost, one is doubled, and the answer to one is lost. */
const POSTS = Array.from({ length: 10 }, (_, at) =>
  at === 0 ? "lost" : at === 1 ? "doubled" : at === 2 ? "answer lost" : "passed",
);
const HOLD_MS = 2_000;
/** ms after which the second of a doubled frame arrives, at most; of a lease, exactly: long after short work has ended. */
const ECHO_MS = 3_000;
/** Leases that arrive come again, all of them. */
const LEASE = /^\{"type":"lease"/;
/** ms that connections live: of four one outlives the deadline of a short call, and one does not get to its welcome. */
const LIVES_MS = [0, 3_000, 6_000, 14_000];
/**
 * These begin a connection or say how much may be sent on it, and a WebSocket loses them only with the connection; who says hello twice
 * is turned away for good. What happens to them here is that the connection ends.
 */
const WHOLE = /^\{"type":"(?:challenge|hello|welcome|reject|credit|error)"/;

const [url = "", seed = "1"] = process.argv.slice(2);
const chance = new SeededRandom(Number(seed));
const did = {
  frames: 0,
  lost: 0,
  doubled: 0,
  leasesDoubled: 0,
  held: 0,
  overtaken: 0,
  cut: 0,
  posts: 0,
  postsLost: 0,
  postsDoubled: 0,
  answersLost: 0,
};

class Deck<Card> {
  readonly #cards: readonly Card[];
  readonly #random: SeededRandom;
  #left: Card[] = [];

  constructor(name: string, cards: readonly Card[]) {
    this.#cards = cards;
    this.#random = chance.fork(name);
  }

  deal(): Card {
    if (this.#left.length === 0) this.#left = [...this.#cards];
    const [card] = this.#left.splice(this.#random.below(this.#left.length), 1);
    if (card === undefined) throw new Error("a deck without cards");
    return card;
  }
}

const frames = new Deck("frames", FRAMES);
const posts = new Deck("posts", POSTS);
const lives = new Deck("lives", LIVES_MS);
const echoes = chance.fork("echoes");

/** One direction of a connection. */
class Line {
  readonly #to: WebSocket;
  #sent = 0;
  #newest = 0;
  #held: { readonly text: string; readonly at: number }[] = [];

  constructor(to: WebSocket) {
    this.#to = to;
  }

  take(text: string): void {
    if (WHOLE.test(text)) return this.#deliver(text);
    did.frames += 1;
    this.#sent += 1;
    const frame = { text, at: this.#sent };
    const { isDoubled, isHeld, isLost } = frames.deal();
    if (isLost) {
      did.lost += 1;
      return undefined;
    }
    const isLease = LEASE.test(text);
    if (isLease) did.leasesDoubled += 1;
    if (isDoubled) did.doubled += 1;
    if (isDoubled || isLease)
      wakeInReal(isLease ? ECHO_MS : echoes.below(ECHO_MS), () => this.#deliver(text));
    if (isHeld) {
      did.held += 1;
      this.#held.push(frame);
      wakeInReal(HOLD_MS, () => this.#release());
      return undefined;
    }
    this.#arrive(frame);
    return this.#release();
  }

  /** The newest first. */
  #release(): void {
    for (const frame of this.#held.splice(0).toReversed()) this.#arrive(frame);
  }

  #arrive({ at, text }: { readonly text: string; readonly at: number }): void {
    if (at < this.#newest) did.overtaken += 1;
    this.#newest = Math.max(this.#newest, at);
    this.#deliver(text);
  }

  #deliver(text: string): void {
    if (this.#to.readyState === WebSocket.OPEN) this.#to.send(text);
  }
}

function join(runner: WebSocket): void {
  const server = new WebSocket(`${url.replace(/^http/, "ws")}/runner`);
  const [up, down] = [new Line(server), new Line(runner)];
  const end = (): void => {
    stopLife();
    runner.terminate();
    server.terminate();
  };
  const cut = (): void => {
    did.cut += 1;
    end();
  };
  const lifeMs = lives.deal();
  const stopLife = lifeMs === 0 ? (): void => {} : wakeInReal(lifeMs, cut);
  runner.on("message", (data) => up.take(String(data)));
  server.on("message", (data) => {
    const text = String(data);
    if (lifeMs === 0 && text.startsWith('{"type":"welcome"')) cut();
    else down.take(text);
  });
  for (const socket of [runner, server]) socket.on("close", end).on("error", end);
}

/** Gives the answer's head; its body follows. Rejects where the server cannot be reached. */
function pass(asked: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { host } = new URL(url);
    const { headers, method } = asked;
    request(
      `${url}${asked.url ?? "/"}`,
      { headers: { ...headers, host }, ...(method === undefined ? {} : { method }) },
      resolve,
    )
      .on("error", reject)
      .end(body);
  });
}

async function serve(asked: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of asked) parts.push(part);
  const body = Buffer.concat(parts);
  const isProposal = asked.method === "POST" && asked.url?.startsWith("/transition") === true;
  const fate = isProposal ? posts.deal() : "passed";
  if (isProposal) did.posts += 1;
  if (fate === "lost") {
    did.postsLost += 1;
    asked.socket.destroy();
    return;
  }
  if (fate === "doubled") {
    did.postsDoubled += 1;
    // At the same time, and nobody waits for what becomes of it.
    pass(asked, body).then(
      (twin) => twin.resume(),
      () => {},
    );
  }
  const answer = await pass(asked, body);
  if (fate === "answer lost") {
    did.answersLost += 1;
    answer.resume();
    asked.socket.destroy();
    return;
  }
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  answer.pipe(response);
}

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const http = createServer((asked, response) => {
  serve(asked, response).catch(() => asked.socket.destroy());
});
http.on("upgrade", (asked, socket, head) => {
  sockets.handleUpgrade(asked, socket, head, join);
});
http.listen(0, "127.0.0.1");
await once(http, "listening");
const { port } = http.address() as AddressInfo;

function tell(message: FromNetwork): void {
  process.send?.(message);
}
process.on("message", () => tell({ did }));
process.on("disconnect", () => process.exit());
tell({ url: `http://127.0.0.1:${port}` });
