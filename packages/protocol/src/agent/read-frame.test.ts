import { describe, expect, it } from "vitest";
import { CLOSINGS } from "./close-codes.ts";
import { FRAME_BYTES_MAX } from "./agent-limits.ts";
import {
  readControllerFrame,
  readHello,
  readLegacyFrame,
  readRunnerFrame,
  type ReadFrame,
} from "./read-frame.ts";
import { CONTROLLER_SAMPLES, RUNNER_SAMPLES } from "./test/frame-samples.ts";

function messageOf(read: ReadFrame<unknown>): string {
  return read.ok ? "taken" : `${read.code}: ${read.message}`;
}

const runner = (value: unknown): string =>
  messageOf(readRunnerFrame(JSON.stringify(value), "2.0.0"));

describe("frames of version 2", () => {
  it("are read as they were written, each in its direction", () => {
    for (const frame of Object.values(RUNNER_SAMPLES))
      expect(readRunnerFrame(JSON.stringify(frame), "2.0.0")).toEqual({ ok: true, frame });
    for (const frame of Object.values(CONTROLLER_SAMPLES))
      expect(readControllerFrame(JSON.stringify(frame), "2.0.0")).toEqual({ ok: true, frame });
  });

  it("are refused in the other direction", () => {
    for (const type of ["challenge", "welcome", "reject", "lease", "error"] as const)
      expect(runner(CONTROLLER_SAMPLES[type])).toContain(`bad_frame: type is "${type}"`);
    for (const type of ["hello", "roster"] as const) {
      const read = readControllerFrame(JSON.stringify(RUNNER_SAMPLES[type]), "2.0.0");
      expect(messageOf(read)).toContain(`bad_frame: type is "${type}"`);
    }
  });

  const { heartbeat, req, resp, release, credit } = RUNNER_SAMPLES;
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["no object", [heartbeat], "a frame is a JSON object, not a list"],
    ["null", null, "a frame is a JSON object, not null"],
    ["no type", {}, "type is nothing; one of hello"],
    ["a type of the prototype", { type: "constructor" }, 'type is "constructor"'],
    ["an unknown member", { ...heartbeat, more: 1 }, 'heartbeat has an unknown member "more"'],
    ["a missing member", { type: "heartbeat", ack: 0 }, "heartbeat has no beat"],
    ["a float", { ...heartbeat, beat: 1.5 }, "heartbeat.beat must be integer, not 1.5"],
    ["a negative fence", { ...release, fence: -1 }, "release.fence is -1; at least 0"],
    ["a fence beyond 2^53", { ...release, fence: 2 ** 53 }, "release.fence is 9007199254740992"],
    ["a path for an agent", { ...req, agent: "../a" }, 'req.agent is "../a"'],
    ["no time to answer", { ...req, deadline_ms: 0 }, "req.deadline_ms is 0; at least 1"],
    ["data that is a list", { ...req, data: [] }, "req.data must be object, not a list"],
    ["too much credit", { ...credit, frames: 65_537 }, "credit.frames is 65537; at most 65536"],
    ["an empty call id", { ...resp, id: "" }, "resp.id has 0 characters; at least 1"],
    ["an answer of both kinds", { ...resp, ok: true }, "resp says ok, and has an error"],
    [
      "a no without a reason",
      { type: "resp", id: "1", ok: false },
      "resp says no, and has no error",
    ],
    ["a no with data", { ...resp, data: 1 }, "resp says no, and has data"],
    ["another version", { ...heartbeat, v: "1.0.0" }, 'v is "1.0.0", but this connection speaks'],
  ];

  it.each(cases)("refuse %s, and say where", (_, value, message) => {
    expect(runner(value)).toContain(`bad_frame: ${message}`);
  });

  it("may repeat the connection's own version", () => {
    expect(runner({ ...heartbeat, v: "2.0.0" })).toBe("taken");
  });

  it("are bounded, and junk is no exception", () => {
    const long = JSON.stringify({ ...req, data: { text: "x".repeat(FRAME_BYTES_MAX) } });
    expect(messageOf(readRunnerFrame(long, "2.0.0"))).toContain("frame_too_large: ");
    for (const junk of ["", "{", "\u0000", "[".repeat(100_000), '{"type":"heartbeat",}'])
      expect(messageOf(readRunnerFrame(junk, "2.0.0"))).toBe("bad_frame: Invalid JSON");
    expect(messageOf(readRunnerFrame(`{"__proto__":{"type":"heartbeat"}}`, "2.0.0"))).toContain(
      "type is nothing",
    );
  });

  it("show no more of a bad value than a few characters", () => {
    expect(runner({ ...heartbeat, beat: "x".repeat(10_000) }).length).toBeLessThan(200);
    expect(runner({ type: "x".repeat(10_000) }).length).toBeLessThan(300);
  });
});

describe("the first frame", () => {
  const legacy = {
    type: "hello",
    protocolVersion: "1.0.0",
    agentId: "agent700",
    botUserId: "700",
    tag: "bot700",
    ready: true,
    guildIds: ["500"],
    poolId: "pool_a",
    runnerSecret: "s",
    runnerId: "runner-1",
    podTag: "music",
  };

  it("is a hello of version 2", () => {
    const read = readHello(JSON.stringify(RUNNER_SAMPLES.hello));
    expect(read).toEqual({ ok: true, frame: { generation: 2, hello: RUNNER_SAMPLES.hello } });
  });

  it("is a hello of version 1, of which unknown members are borne and dropped", () => {
    const { podTag, ...kept } = legacy;
    expect(podTag).toBe("music");
    expect(readHello(JSON.stringify(legacy))).toEqual({
      ok: true,
      frame: { generation: 1, hello: kept },
    });
  });

  it.each(["protocolVersion", "protocol_version", "protocolversion", "version"])(
    "may spell its version as %s",
    (name) => {
      const { protocolVersion, ...rest } = legacy;
      const read = readHello(JSON.stringify({ ...rest, [name]: protocolVersion }));
      expect(read).toMatchObject({ frame: { hello: { protocolVersion: "1.0.0" } } });
    },
  );

  it("may have no version: who it is comes before what it speaks", () => {
    const { protocolVersion: _, ...rest } = legacy;
    const read = readHello(JSON.stringify(rest));
    expect(read).toMatchObject({ ok: true, frame: { hello: { protocolVersion: null } } });
  });

  it("lists any number of guilds that a frame can hold", () => {
    const guildIds = Array.from({ length: 9_000 }, (_, at) => `10000000000000000${at}`);
    const read = readHello(JSON.stringify({ ...legacy, guildIds }));
    expect(read).toMatchObject({ ok: true, frame: { hello: { guildIds: { length: 9_000 } } } });
  });

  const refused: readonly (readonly [string, unknown, string])[] = [
    ["a heartbeat", RUNNER_SAMPLES.heartbeat, "hello_required: the first frame must be a hello"],
    ["legacy guilds", { type: "guilds", guildIds: [] }, "hello_required: "],
    ["an empty agent", { ...legacy, agentId: "" }, "bad_frame: hello.agentId has 0 characters"],
    [
      "a range that is none",
      { ...RUNNER_SAMPLES.hello, protocol: "2" },
      "bad_frame: hello.protocol",
    ],
    [
      "a short signature",
      { ...RUNNER_SAMPLES.hello, signature: "AA" },
      'bad_frame: hello.signature is "AA"',
    ],
  ];
  it.each(refused)("is not %s", (_, value, message) => {
    expect(messageOf(readHello(JSON.stringify(value)))).toContain(message);
  });
});

describe("frames of version 1", () => {
  it("are read with what is known of them", () => {
    const released = {
      type: "event",
      event: "released",
      agentId: "agent700",
      guildId: "500",
      voiceChannelId: "5001",
      reason: "stop",
      kind: "music",
      runnerId: "runner-1",
    };
    const { agentId: _, runnerId: __, ...known } = released;
    expect(readLegacyFrame(JSON.stringify(released))).toEqual({ ok: true, frame: known });
    const resp = { type: "resp", id: "u", ok: false, error: "no-session", agentId: "agent700" };
    expect(readLegacyFrame(JSON.stringify(resp))).toEqual({
      ok: true,
      frame: { type: "resp", id: "u", ok: false, error: "no-session" },
    });
    const guilds = { type: "guilds", guildIds: ["500"], agentId: "agent700" };
    expect(readLegacyFrame(JSON.stringify(guilds))).toMatchObject({ ok: true });
  });

  it("are refused where they are of version 2", () => {
    expect(messageOf(readLegacyFrame(JSON.stringify(RUNNER_SAMPLES.heartbeat)))).toBe(
      "bad_frame: Unknown message type",
    );
  });
});

describe("closings", () => {
  it("fit the closing handshake", () => {
    for (const { reason } of Object.values(CLOSINGS))
      expect(reason.length).toBeLessThanOrEqual(123);
  });
});
