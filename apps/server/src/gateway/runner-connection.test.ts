import { once } from "node:events";
import { connect } from "node:net";
import type { JsonObject } from "@swoosh/kernel";
import { FRAME_BYTES_MAX, HANDSHAKE_MS, RUNNER_VERSIONS } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { GatewayRig } from "./test/gateway-rig.ts";
import type { RawRunner } from "./test/raw-runner.ts";

let rig: GatewayRig;
let key: PrivateKey;
let other: PrivateKey;
beforeAll(async () => {
  rig = await GatewayRig.open();
  key = await rig.register("one");
  other = await rig.register("two");
});
afterAll(() => rig.close());

const agent = (id: string): JsonObject => ({
  capabilities: ["any"],
  id,
  leases: [],
  pool: "main",
});

describe("a first word that is no good", () => {
  const only = (version: string): JsonObject => ({ protocol: { max: version, min: version } });
  it.each<
    readonly [
      what: string,
      code: string,
      message: string,
      speak: (runner: RawRunner) => Promise<void>,
    ]
  >([
    [
      "of whom nobody knows",
      "unauthorized",
      "the hello is not signed by nobody: the key of identity/nobody must sign it, register that identity here first",
      async () => {},
    ],
    [
      "under another one's key",
      "unauthorized",
      "the hello is not signed by one",
      async (raw) => raw.say(await raw.hello({ signer: other.identity })),
    ],
    [
      "with a signature for another challenge",
      "unauthorized",
      "the hello is not signed by one",
      async (raw) => raw.say(await raw.hello({ signature: "A".repeat(86) })),
    ],
    [
      "for somebody else's agent",
      "unauthorized",
      "agent two is not one's",
      async (raw) => raw.say(await raw.hello({ agents: [agent("one"), agent("two")] })),
    ],
    [
      "for an agent without an identity",
      "unauthorized",
      "agent one-c has no identity here; register identity/one-c first",
      async (raw) => raw.say(await raw.hello({ agents: [agent("one-c")] })),
    ],
    [
      "for one agent twice",
      "unauthorized",
      "agent one is named twice",
      async (raw) => raw.say(await raw.hello({ agents: [agent("one"), agent("one")] })),
    ],
    [
      "of an old version",
      "incompatible",
      "Incompatible protocol version 1.0.0. Controller speaks 2.0.0; upgrade whichever is older.",
      async (raw) => raw.say(await raw.hello(only("1.0.0"))),
    ],
    [
      "of a version to come",
      "incompatible",
      "Incompatible protocol version 3.0.0",
      async (raw) => raw.say(await raw.hello(only("3.0.0"))),
    ],
    [
      "of a legacy runner",
      "unauthorized",
      "runners of version 1.0.0 are not taken here",
      async (raw) => raw.say({ type: "hello", agentId: "1", guildIds: [], version: "1.0.0" }),
    ],
    ["that is no JSON", "bad_frame", "Invalid JSON", async (raw) => raw.send("{")],
    [
      "that is not text",
      "bad_frame",
      "frames are text",
      async (raw) => raw.send(new Uint8Array([1, 2])),
    ],
    [
      "that is no hello",
      "hello_required",
      "the first frame must be a hello",
      async (raw) => raw.say({ type: "heartbeat", ack: 0, beat: 1 }),
    ],
    [
      "with a member too much",
      "bad_frame",
      "extra",
      async (raw) => raw.say(await raw.hello({ extra: 1 })),
    ],
    [
      "said twice",
      "bad_frame",
      "nothing may follow the hello before the welcome",
      async (raw) => {
        const hello = await raw.hello();
        raw.say(hello, hello);
      },
    ],
    [
      "that never comes",
      "hello_required",
      `no hello within ${HANDSHAKE_MS} ms`,
      async () => rig.http.clock.advance(HANDSHAKE_MS),
    ],
  ])("%s is refused with %s", async (what, code, message, speak) => {
    const isUnknown = what === "of whom nobody knows";
    const raw = isUnknown ? rig.raw("nobody", PrivateKey.generate()) : rig.raw("one", key);
    if (isUnknown) raw.say(await raw.hello());
    await raw.frame("challenge");
    await speak(raw);
    const reject = await raw.frame("reject");
    expect(reject).toMatchObject({ code, message: expect.stringContaining(message) });
    // Whoever has not shown who it is learns no versions.
    expect(reject["supported"]).toEqual(code === "incompatible" ? RUNNER_VERSIONS : undefined);
    expect(await raw.closed).toMatchObject({ code: 1008 });
    expect(raw.frames.filter(({ type }) => type === "reject")).toHaveLength(1);
    expect(rig.gateway.isConnected("one")).toBe(false);
  });
});

describe("a later word that is no good", () => {
  it.each<
    readonly [
      what: string,
      send: (raw: RawRunner) => void,
      error: string | null,
      status: number,
      reason: string,
    ]
  >([
    ["no JSON", (raw) => raw.send("{"), "Invalid JSON", 1008, "protocol-error"],
    [
      "of no known type",
      (raw) => raw.say({ type: "riddle" }),
      'type is "riddle"; one of hello',
      1008,
      "protocol-error",
    ],
    [
      "of the wrong form",
      (raw) => raw.say({ type: "heartbeat", ack: 0, beat: "one" }),
      "heartbeat.beat",
      1008,
      "protocol-error",
    ],
    [
      "of another version",
      (raw) => raw.say({ type: "heartbeat", ack: 0, beat: 1, v: "1.0.0" }),
      'v is "1.0.0", but this connection speaks 2.0.0',
      1008,
      "protocol-error",
    ],
    ["not text", (raw) => raw.send(new Uint8Array([1])), "frames are text", 1008, "protocol-error"],
    // The socket's own bound: it closes before anybody has read a word.
    ["too long", (raw) => raw.send("x".repeat(FRAME_BYTES_MAX + 1)), null, 1009, ""],
  ])("%s ends the connection, with why", async (_what, send, error, status, reason) => {
    const raw = rig.raw("one", key);
    await raw.join();
    send(raw);
    expect(await raw.closed).toEqual({ code: status, reason });
    if (error !== null)
      expect(raw.frames.at(-1)).toEqual({ type: "error", error: expect.stringContaining(error) });
    await rig.until(() => rig.connection("one") === "OFFLINE");
    expect(rig.gateway.isConnected("one")).toBe(false);
  });

  it("is not heard where it is about somebody else's agent", async () => {
    const heard: string[] = [];
    const stop = rig.gateway.onEvent((name, event) => void heard.push(`${name} ${event}`));
    const [one, two] = [rig.raw("one", key), rig.raw("two", other)];
    await one.join();
    await two.join();
    one.say(
      { type: "event", agent: "two", event: "task.log", data: {} },
      { type: "event", agent: "one", event: "task.log", data: {} },
      { type: "release", agent: "two", fence: 1, session: "s", reason: "done", id: "1" },
    );
    expect(await one.frame("resp")).toMatchObject({ ok: false, error: { code: "not_yours" } });
    expect(heard).toEqual(["one task.log"]);
    stop();
    one.close();
    two.close();
    await rig.until(() => ["one", "two"].every((name) => rig.connection(name) === "OFFLINE"));
  });

  it("and a call that the controller does not know is answered so", async () => {
    const raw = rig.raw("one", key);
    await raw.join();
    raw.say({ type: "req", agent: "one", data: {}, deadline_ms: 1, id: "1", op: "sing" });
    expect(await raw.frame("resp")).toMatchObject({
      ok: false,
      error: { code: "unknown_op", message: "the controller has no sing" },
    });
    raw.close();
    await rig.until(() => rig.connection("one") === "OFFLINE");
  });
});

describe("calls", () => {
  it("never use up the runner's credit, however many of them nobody waits for any more", async () => {
    const one = rig.connect("one", key);
    await rig.until(() => one.welcomes.length === 1);
    const answer = one.call;
    one.call = () => new Promise(() => {});
    for (let round = 0; round < 3; round += 1) {
      const calls = Array.from({ length: 200 }, () => rig.gateway.ask("one", "slow", {}, 100));
      rig.http.clock.advance(100);
      const ends = await Promise.allSettled(calls);
      expect(ends.every(({ status }) => status === "rejected")).toBe(true);
    }
    one.call = answer;
    expect(await rig.gateway.ask("one", "whoami", {}, 10_000)).toEqual({ op: "whoami" });
    one.call = () => Promise.reject(Object.assign(new Error("not today"), { code: "tired" }));
    await expect(rig.gateway.ask("one", "work", {}, 10_000)).rejects.toMatchObject({
      code: "tired",
      message: "not today",
    });
    one.link?.stop();
    await rig.until(() => rig.connection("one") === "OFFLINE");
  });
});

describe("an upgrade that is none of ours", () => {
  const upgrade = async (path: string): Promise<string> => {
    const socket = connect(rig.http.server.port, "127.0.0.1");
    await once(socket, "connect");
    const head = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    socket.write(`GET ${path} HTTP/1.1\r\n${head}`);
    let said = "";
    socket.on("data", (text: Buffer) => (said += text.toString()));
    await once(socket, "close");
    return said.split("\r\n")[0] ?? "";
  };

  it.each(["/elsewhere", "//", "http://[", "/runner/x"])("at %s is refused", async (path) => {
    expect(await upgrade(path)).toBe("HTTP/1.1 404 Not Found");
  });

  it("at the right path without a key is refused too", async () => {
    expect(await upgrade("/runner?x=1")).toBe("HTTP/1.1 400 Bad Request");
  });

  it("may end in the middle", async () => {
    for (let time = 0; time < 20; time += 1) {
      const socket = connect(rig.http.server.port, "127.0.0.1");
      socket.on("error", () => {});
      await once(socket, "connect");
      const head = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
      socket.write(`GET /nowhere HTTP/1.1\r\n${head}`, () => socket.resetAndDestroy());
      await once(socket, "close");
    }
    expect(await upgrade("/elsewhere")).toBe("HTTP/1.1 404 Not Found");
  });
});
