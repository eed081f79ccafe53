import type { ControllerFrame, RunnerFrame } from "../frames.ts";

const signer = `hmmm:pubkey:${"A".repeat(43)}`;
const signature = "B".repeat(86);

/** One honest frame of each type, as the types have it. */
export const RUNNER_SAMPLES: { readonly [T in RunnerFrame["type"]]: RunnerFrame & { type: T } } = {
  hello: {
    type: "hello",
    agents: [
      {
        id: "a7",
        pool: "music",
        capabilities: ["voice", "mesh.cell"],
        leases: [{ session: "s1", fence: 4 }],
      },
    ],
    join: "one-time",
    protocol: { min: "2.0.0", max: "2.0.0" },
    runner: "r1",
    signer,
    signature,
  },
  req: { type: "req", id: "1", agent: "a7", op: "status", deadline_ms: 20_000, data: {} },
  resp: { type: "resp", id: "1", ok: false, error: { code: "no-session", message: "none" } },
  cancel: { type: "cancel", id: "1" },
  event: { type: "event", agent: "a7", event: "crashed", data: { status: 137 } },
  release: { type: "release", id: "2", agent: "a7", session: "s1", fence: 4, reason: "stop" },
  roster: { type: "roster", agents: [] },
  heartbeat: { type: "heartbeat", beat: 3, ack: 2 },
  credit: { type: "credit", frames: 64 },
};

export const CONTROLLER_SAMPLES: {
  readonly [T in ControllerFrame["type"]]: ControllerFrame & { type: T };
} = {
  challenge: { type: "challenge", challenge: "C".repeat(43), origin: "swoosh/0" },
  welcome: {
    type: "welcome",
    protocol: "2.0.0",
    connection: 12,
    heartbeat_ms: 15_000,
    credit: 256,
    adopt: [{ agent: "a7", session: "s1", fence: 4 }],
    release: [],
  },
  reject: {
    type: "reject",
    code: "incompatible",
    message: "no",
    supported: { min: "1.0.0", max: "2.0.0" },
  },
  req: { type: "req", id: "1", agent: "a7", op: "play", deadline_ms: 1, data: { query: "x" } },
  resp: { type: "resp", id: "1", ok: true, data: [1, null, "x"] },
  cancel: { type: "cancel", id: "1" },
  event: { type: "event", agent: "a7", event: "flag.changed", data: {} },
  lease: {
    type: "lease",
    id: "9",
    agent: "a7",
    session: "s1",
    fence: 5,
    kind: "mesh-cell",
    data: {},
  },
  release: { type: "release", id: "2", agent: "a7", session: "s1", fence: 4, reason: "stop" },
  heartbeat: { type: "heartbeat", beat: 3, ack: 0 },
  credit: { type: "credit", frames: 1 },
  error: { type: "error", error: "Invalid JSON" },
};
