import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canonicalize } from "@swoosh/kernel";
import { createClient, type Client, type ClientOptions } from "./client.ts";
import type { JournalEntry } from "./journal-reader.ts";
import type { Signer } from "./ports.ts";
import { EngineServer, OPERATOR_SEED } from "./test/engine-server.ts";
import {
  answer,
  breakAfter,
  doctor,
  FaultyHttp,
  loseAnswer,
  loseRequest,
} from "./test/faulty-http.ts";
import { testPorts } from "./test/test-ports.ts";
import { createWebSigner, generateWebSigner } from "./web-signer.ts";

let server: EngineServer;
let net: FaultyHttp;
let operator: Signer;
let client: Client;

const clientOf = (more: Partial<ClientOptions> = {}): Client =>
  createClient({
    url: server.url,
    signer: operator,
    ports: net.ports,
    origin: server.origin,
    ...more,
  });

beforeEach(async () => {
  server = await EngineServer.open();
  net = new FaultyHttp(testPorts(server.clock));
  operator = await createWebSigner(globalThis, { seed: OPERATOR_SEED });
  client = clientOf();
});

afterEach(() => server.close());

const bodyOf = (at: number): { readonly hlc: string; readonly idem_key: string } =>
  JSON.parse(String(net.log[at]?.body));

describe("time", () => {
  it("is the server's where the client's clock is wrong", async () => {
    for (const skewMs of [-600_000, 600_000]) {
      const { clock } = net.ports;
      const wrong = { ...clock, now: () => clock.now() + skewMs };
      const skewed = clientOf({ ports: { ...net.ports, clock: wrong } });
      const id = skewMs < 0 ? "order/slow" : "order/fast";
      net.log.length = 0;
      const proposed = await skewed.propose(id, "Order_Add", { item: "a" });
      expect(proposed.kind).toBe("accepted");
      expect(net.log).toHaveLength(2);
      expect(bodyOf(0).idem_key).toBe(bodyOf(1).idem_key);
      // It has learnt it: the next one goes through at once.
      await skewed.propose(id, "Order_Add", { item: "b" });
      expect(net.log).toHaveLength(3);
    }
  });

  it("is waited for as long as the server says", async () => {
    const problem = { type: "x", title: "x", status: 503, detail: "", code: "overloaded" };
    net.faults = [
      answer(503, problem, { "retry-after": "7" }),
      answer(503, { ...problem, retry: { after_ms: 11_000 } }),
    ];
    const before = server.clock.now();
    expect(await client.propose("order/a", "Order_Add", { item: "a" })).toMatchObject({
      kind: "accepted",
    });
    expect(server.clock.now() - before).toBeGreaterThanOrEqual(18_000);
    expect(server.clock.now() - before).toBeLessThan(18_300);
  });

  it("is counted in beats where a guard names one", async () => {
    const closed = {
      type: "x",
      title: "x",
      status: 400,
      detail: "the window is closed",
      code: "guard_failed",
      guard: "tidalWindow",
      retry: { at_beat: 3 },
    };
    let beat = 0;
    const beats = doctor((text) => text);
    net.concerns = ({ url }) => url.includes("/transition");
    net.faults = [answer(400, closed), beats];
    const ports = {
      ...net.ports,
      http: async (request: Parameters<typeof net.ports.http>[0]) => {
        if (!request.url.includes("beat%2Fmain")) return net.ports.http(request);
        beat += 1;
        const state = await stateWith({ beat_index: beat });
        return answer(200, JSON.stringify(state))(request, net.ports.http);
      },
    };
    const proposed = await clientOf({ ports }).propose("order/a", "Order_Add", { item: "a" });
    expect(proposed.kind).toBe("accepted");
    // Looked at until it had come, and proposed again only then.
    expect(net.count("/transition")).toBe(2);
    expect(beat).toBe(3);
  });

  /** A state of any instance with another context. */
  async function stateWith(context: object): Promise<object> {
    await clientOf({ ports: testPorts(server.clock, 9) }).propose("order/s", "Order_Add", {
      item: "a",
    });
    const state = await clientOf().state("order/s");
    return { ...state, state: { ...state?.state, context } };
  }
});

describe("a leader elsewhere", () => {
  it("gets the proposal, and never the token", async () => {
    const notLeader = {
      type: "x",
      title: "x",
      status: 503,
      detail: "",
      code: "not_leader",
      leader: server.url,
    };
    const follower = "http://follower.invalid";
    const ports = {
      ...net.ports,
      http: (request: Parameters<typeof net.ports.http>[0]) =>
        request.url.startsWith(follower)
          ? answer(503, notLeader)(request, net.ports.http)
          : net.ports.http(request),
    };
    const proposed = await clientOf({ url: follower, ports }).propose("order/a", "Order_Add", {
      item: "a",
    });
    expect(proposed.kind).toBe("accepted");
    expect(net.log).toHaveLength(1);
    expect(net.log[0]?.headers).not.toHaveProperty("authorization");
  });
});

describe("a server that is full", () => {
  const full = { type: "x", title: "x", status: 503, detail: "", code: "overloaded" };
  const tokens = (): readonly boolean[] =>
    net.log
      .filter(({ url }) => url.includes("/transition"))
      .map(({ headers }) => "authorization" in headers);
  beforeEach(() => {
    net.concerns = ({ url }) => url.includes("/transition");
    net.faults = [answer(503, full, { "retry-after": "7" })];
  });

  it("is asked again at once by operators, for the places kept for them, by the same text and a token", async () => {
    const ours = clientOf({ operator: true });
    const before = server.clock.now();
    expect((await ours.propose("order/a", "Order_Add", { item: "a" })).kind).toBe("accepted");
    expect(server.clock.now()).toBe(before);
    expect([tokens(), server.sessionsOpened]).toEqual([[false, true], 1]);
    expect(net.log.at(-1)?.body).toBe(net.log[0]?.body);
    // Where there is room nobody sends a token, nor opens another session for the next time.
    await ours.propose("order/a", "Order_Add", { item: "b" });
    net.faults = [answer(503, full)];
    await ours.propose("order/a", "Order_Add", { item: "c" });
    expect([tokens(), server.sessionsOpened]).toEqual([[false, true, false, false, true], 1]);
  });

  it("is left alone by everybody else, and by operators whose token helps nothing or who get none", async () => {
    await client.propose("order/a", "Order_Add", { item: "a" });
    expect([tokens(), server.sessionsOpened]).toEqual([[false, false], 0]);
    const ours = clientOf({ operator: true });
    net.log.length = 0;
    net.faults = [answer(503, full, { "retry-after": "7" }), answer(503, full)];
    const before = server.clock.now();
    await ours.propose("order/c", "Order_Add", { item: "b" });
    expect(tokens()).toEqual([false, true, false]);
    expect(server.clock.now()).toBeGreaterThan(before);
    net.log.length = 0;
    net.concerns = () => true;
    net.faults = [answer(503, full), answer(503, full)];
    const other = clientOf({ operator: true });
    expect((await other.propose("order/b", "Order_Add", { item: "a" })).kind).toBe("accepted");
    expect(tokens()).toEqual([false, false]);
  });

  it("is shown an operator's token by a stream too, from the round after it said so on", async () => {
    for (const [isOperator, seen] of [
      [true, [false, true, true]],
      [false, [false, false, false]],
    ] as const) {
      net.log.length = 0;
      net.faults = [answer(503, full)];
      const ours = clientOf({ operator: isOperator });
      // On one instance, so each has a round of its own.
      const requests = ["a", "b"].map((item) => ({
        instance: isOperator ? "order/a" : "order/b",
        transition: "Order_Add",
        inputs: { item },
      }));
      const kinds: string[] = [];
      for await (const { kind } of ours.transitions(requests)) kinds.push(kind);
      expect(kinds).toEqual(["accepted", "accepted"]);
      expect([tokens(), server.sessionsOpened]).toEqual([seen, 1]);
    }
  });

  it("elsewhere gets no token, though it calls itself the leader", async () => {
    const leader = "http://leader.invalid";
    net.faults = [
      answer(503, { ...full, code: "not_leader", leader }),
      answer(503, full),
      answer(503, full),
    ];
    const ours = clientOf({ operator: true, retry: { attemptsMax: 3 } });
    const proposed = await ours.propose("order/a", "Order_Add", { item: "a" });
    expect(proposed).toMatchObject({ kind: "refused", problem: { code: "overloaded" } });
    expect([tokens(), server.sessionsOpened]).toEqual([[false, false, false], 0]);
  });
});

describe("sessions", () => {
  beforeEach(async () => {
    await client.propose("order/a", "Order_Add", { item: "a" });
    server.isAfar = true;
    net.log.length = 0;
  });

  it("are opened once for all reads that want one", async () => {
    const reads = Array.from({ length: 8 }, () => client.state("order/a"));
    for (const state of await Promise.all(reads)) expect(state?.instance).toBe("order/a");
    expect(server.sessionsOpened).toBe(1);
    await client.state("order/a");
    expect(net.count("/session")).toBe(2);
  });

  it("are renewed before they end, and when the server has forgotten them", async () => {
    await client.state("order/a");
    server.clock.advance(14 * 60_000);
    await client.state("order/a");
    expect(server.sessionsOpened).toBe(1);
    server.clock.advance(40_000);
    net.log.length = 0;
    await client.state("order/a");
    expect(server.sessionsOpened).toBe(2);
    // No read was refused for it.
    expect(net.count("/state")).toBe(1);
    server.forgetSessions();
    await client.state("order/a");
    expect(server.sessionsOpened).toBe(3);
  });

  it("need a signer, and one that holds", async () => {
    const { ports } = net;
    const reader = createClient({ url: server.url, ports });
    await expect(reader.state("order/a")).rejects.toMatchObject({
      code: "read_refused",
      message: expect.stringContaining("unauthenticated"),
    });
    const liar: Signer = { key: operator.key, sign: async () => new Uint8Array(64) };
    await expect(clientOf({ signer: liar }).state("order/a")).rejects.toMatchObject({
      code: "read_refused",
    });
    net.concerns = ({ url }) => url.includes("/session");
    net.faults = [doctor(() => "{}")];
    await expect(clientOf().state("order/a")).rejects.toMatchObject({ code: "bad_answer" });
  });

  it("are asked for again where an exchange of their opening is lost, as the read is", async () => {
    net.concerns = ({ url }) => url.includes("/session");
    for (const faults of [
      [loseRequest],
      [loseAnswer],
      [breakAfter(3)],
      // The challenge comes, the session does not.
      [doctor((text) => text), loseAnswer],
      [doctor((text) => text), breakAfter(3), loseRequest],
    ]) {
      net.faults = faults;
      expect((await clientOf().state("order/a"))?.instance).toBe("order/a");
      expect(net.faults).toEqual([]);
    }
  });

  it("learn the origin from the checkpoint, where none is pinned", async () => {
    const { ports } = net;
    const stranger = createClient({ url: server.url, signer: operator, ports });
    expect(await stranger.origin()).toBe(server.origin);
    expect((await stranger.state("order/a"))?.index).toBeGreaterThan(0);
    expect(net.count("/log/checkpoint")).toBe(1);
  });
});

describe("evidence", () => {
  it("is stored and read back under its own hash", async () => {
    const bytes = new Uint8Array(100_000).map((_, at) => at % 251);
    const stored = await client.putEvidence(bytes);
    expect(stored.bytes).toBe(100_000);
    expect(server.sessionsOpened).toBe(1);
    expect(await client.getEvidence(stored.hash)).toEqual(bytes);
    expect(await client.getEvidence(`sha256-${"0".repeat(64)}`)).toBeUndefined();
  });

  it("is believed only where it has that hash", async () => {
    const stored = await client.putEvidence(Uint8Array.of(1, 2, 3));
    server.evidence.set(stored.hash, Uint8Array.of(1, 2, 4));
    await expect(client.getEvidence(stored.hash)).rejects.toMatchObject({ code: "unverified" });
    net.faults = [doctor((text) => text.replace(/sha256-./, "sha256-f"))];
    await expect(client.putEvidence(Uint8Array.of(9))).rejects.toMatchObject({
      code: "unverified",
    });
  });
});

describe("a tail", () => {
  it("tells every record once and in order, through broken connections", async () => {
    net.concerns = ({ url }) => url.includes("/journal");
    net.faults = [breakAfter(5_000), breakAfter(1), breakAfter(12_345)];
    const stop = new AbortController();
    const seen: JournalEntry[] = [];
    const tailing = (async () => {
      for await (const entry of client.tail({ signal: stop.signal })) {
        seen.push(entry);
        if (seen.length === 22) stop.abort();
      }
    })();
    for (let at = 0; at < 20; at += 1) {
      await client.propose(`order/t${at}`, "Order_Add", { item: "a" });
      server.tellTails();
      if (at % 7 === 6) server.cut();
    }
    // Told after the last cut: a tail that comes back reads what is there.
    const last = setInterval0(() => server.tellTails());
    await expect(tailing).rejects.toMatchObject({ code: "cancelled" });
    last();
    const texts = await server.test.engine.records(0, 22);
    expect(seen.map(({ index }) => index)).toEqual(Array.from({ length: 22 }, (_, at) => at));
    expect(seen.map(({ text }) => text)).toEqual(texts);
    expect(net.count("/journal")).toBeGreaterThan(3);
  });

  it("begins where it is told, and opens anew what stays silent", async () => {
    await client.propose("order/a", "Order_Add", { item: "a" });
    const stop = new AbortController();
    const tail = client.tail({ from: 2, signal: stop.signal });
    expect((await tail.next()).value?.index).toBe(2);
    const next = tail.next();
    await ticks(50);
    server.clock.advance(60_000);
    await client.propose("order/a", "Order_Add", { item: "b" });
    // The tail may have come back before there was anything to tell.
    const told = setInterval0(() => server.tellTails());
    expect((await next).value?.index).toBe(3);
    told();
    expect(net.count("/journal")).toBe(2);
    await tail.return(undefined);
  });

  it("stops where a record does not follow", async () => {
    net.concerns = ({ url }) => url.includes("/journal");
    net.faults = [answer(200, `id: 0\ndata: ${canonicalize({ index: 1, prev: "" })}\n\n`)];
    await expect(client.tail().next()).rejects.toMatchObject({ code: "unverified" });
  });
});

describe("signers", () => {
  it("sign with fresh keys that nobody can read", async () => {
    const made = await generateWebSigner(globalThis);
    expect(made.key).toMatch(/^hmmm:pubkey:[A-Za-z0-9_-]{43}$/);
    expect(
      await clientOf({ signer: made }).propose("order/a", "Order_Add", { item: "a" }),
    ).toMatchObject({
      kind: "refused",
      problem: { code: "unknown_signer", status: 401 },
    });
  });

  it("refuse keys that are none", async () => {
    for (const key of [
      { pem: "" },
      { pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----" },
      { seed: new Uint8Array(31) },
      { pkcs8: new Uint8Array(48) },
    ])
      await expect(createWebSigner(globalThis, key)).rejects.toMatchObject({ code: "misused" });
  });
});

/** Calls again and again between the turns of the loop, until stopped: no time is involved. */
function setInterval0(act: () => void): () => void {
  let isOn = true;
  const turn = (): void => {
    if (!isOn) return;
    act();
    setImmediate(turn);
  };
  setImmediate(turn);
  return () => (isOn = false);
}

async function ticks(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await new Promise((resolve) => setImmediate(resolve));
}
