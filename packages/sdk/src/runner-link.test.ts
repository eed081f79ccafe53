import { ManualClock, nodeHasher, SeededRandom } from "@swoosh/kernel/testing";
import {
  RECONNECT_MS_MAX,
  type ControllerFrame,
  type OfferedAgent,
  type RunnerFrame,
} from "@swoosh/protocol";
import { describe, expect, it } from "vitest";
import { RUNNER_CREDIT_FRAMES, RUNNER_STEADY_MS, RUNNER_WELCOME_MS } from "./limits.ts";
import { connectRunner, type RunnerHandler, type RunnerLink } from "./runner-link.ts";
import type { SocketListener } from "./runner-socket.ts";

const HEARTBEAT_MS = 20_000;
const LEASE = { fence: 3, session: "s1" };

/** A link, the controller's end of each of its sockets, and a clock that the test moves. */
class LinkRig {
  readonly clock = new ManualClock();
  readonly sockets: ScriptedSocket[] = [];
  readonly lost: { readonly reason: string; readonly retryMs: number }[] = [];
  readonly rejected: string[] = [];
  leases: OfferedAgent["leases"] = [LEASE];
  call: RunnerHandler["call"] = async () => ({});
  sign = async (): Promise<Uint8Array> => new Uint8Array(64);
  readonly link: RunnerLink;
  readonly #random = new SeededRandom(1);

  constructor() {
    const { clock } = this;
    this.link = connectRunner({
      url: "ws://controller/runner",
      runner: "one",
      signer: { key: `hmmm:pubkey:${"A".repeat(43)}`, sign: () => this.sign() },
      ports: {
        hasher: nodeHasher,
        random: (count) => this.#random.bytes(count),
        clock: {
          now: () => clock.now(),
          wakeIn: (ms, wake) => clock.wakeAt(clock.now() + ms, wake),
        },
      },
      open: (_url, listener) => {
        const socket = new ScriptedSocket(listener);
        this.sockets.push(socket);
        return socket;
      },
      handler: {
        agents: () => [{ capabilities: ["any"], id: "one", leases: this.leases, pool: "main" }],
        welcome: () => {},
        call: (request) => this.call(request),
        lease: async () => ({}),
        release: async () => ({}),
        lost: (reason, retryMs) => void this.lost.push({ reason, retryMs }),
        rejected: (code, message) => void this.rejected.push(`${code}: ${message}`),
      },
    });
  }

  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("nothing was opened");
    return socket;
  }

  /** What the wait of the last loss says goes by. */
  comeBack(): void {
    this.clock.advance(this.lost.at(-1)?.retryMs ?? 0);
  }

  /** Up to the hello. */
  async greet(): Promise<void> {
    this.socket.say({ type: "challenge", challenge: "A".repeat(43), origin: "swoosh://test" });
    await turn();
  }

  accept({ credit = 100 } = {}): void {
    this.socket.say({
      type: "welcome",
      adopt: [],
      connection: 1,
      credit,
      heartbeat_ms: HEARTBEAT_MS,
      protocol: "2.0.0",
      release: [],
    });
  }

  async welcome(): Promise<void> {
    await this.greet();
    this.accept();
  }
}

class ScriptedSocket {
  readonly sent: RunnerFrame[] = [];
  isClosed = false;
  readonly #listener: SocketListener;

  constructor(listener: SocketListener) {
    this.#listener = listener;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  say(frame: ControllerFrame): void {
    this.#listener.onText(JSON.stringify(frame));
  }

  end(reason: string): void {
    this.#listener.onClose(reason);
  }

  of<Type extends RunnerFrame["type"]>(type: Type): readonly (RunnerFrame & { type: Type })[] {
    return this.sent.filter((one): one is RunnerFrame & { type: Type } => one.type === type);
  }
}

/** All that is promised by now has come about. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("a runner's connection", () => {
  it("says with its hello what still runs, and goes on after the welcome", async () => {
    const rig = new LinkRig();
    await rig.greet();
    expect(rig.socket.of("hello")).toMatchObject([
      { runner: "one", agents: [{ id: "one", leases: [LEASE] }] },
    ]);
    expect(rig.link.event("one", "task.log", {})).toBe(false);
    rig.accept();
    expect(rig.link.event("one", "task.log", { text: "a" })).toBe(true);
    expect(rig.socket.of("credit")).toEqual([{ type: "credit", frames: RUNNER_CREDIT_FRAMES }]);
  });

  it("notices a controller that fell silent, and connects again", async () => {
    const rig = new LinkRig();
    await rig.welcome();
    for (let beat = 1; beat <= 10; beat += 1) {
      rig.clock.advance(HEARTBEAT_MS);
      rig.socket.say({ type: "heartbeat", ack: 0, beat });
    }
    expect(rig.lost).toEqual([]);
    expect(rig.socket.of("heartbeat").at(-1)).toEqual({ type: "heartbeat", ack: 9, beat: 10 });
    for (let beat = 0; beat < 3; beat += 1) rig.clock.advance(HEARTBEAT_MS);
    expect(rig.lost).toEqual([]);
    rig.clock.advance(HEARTBEAT_MS);
    expect(rig.lost).toMatchObject([{ reason: "the controller is silent" }]);
    expect(rig.sockets[0]?.isClosed).toBe(true);
    rig.comeBack();
    expect(rig.sockets).toHaveLength(2);
    await rig.welcome();
    expect(rig.socket.of("hello")).toHaveLength(1);
    // What the old one still says is not heard.
    rig.sockets[0]?.end("late");
    expect(rig.lost).toHaveLength(1);
  });

  it("does not wait for ever for a welcome", async () => {
    const rig = new LinkRig();
    rig.clock.advance(RUNNER_WELCOME_MS - 1);
    expect(rig.lost).toEqual([]);
    rig.clock.advance(1);
    expect(rig.lost).toMatchObject([{ reason: `no welcome within ${RUNNER_WELCOME_MS} ms` }]);
    rig.comeBack();
    await rig.greet();
    rig.clock.advance(RUNNER_WELCOME_MS);
    expect(rig.lost).toHaveLength(2);
    rig.comeBack();
    await rig.welcome();
    rig.clock.advance(RUNNER_WELCOME_MS);
    expect(rig.lost).toHaveLength(2);
  });

  it("is closed and tried again where the hello cannot be signed", async () => {
    const rig = new LinkRig();
    rig.sign = () => Promise.reject(new Error("the key is locked"));
    await rig.greet();
    expect(rig.lost).toMatchObject([{ reason: "the key is locked" }]);
  });

  it("waits longer each time it is thrown out young, but not where it held before", async () => {
    const rig = new LinkRig();
    for (let time = 0; time < 10; time += 1) {
      await rig.welcome();
      rig.socket.say({ type: "error", error: "the runner connected again" });
      rig.socket.end("closed with 1008: replaced");
      rig.comeBack();
    }
    const waits = rig.lost.map(({ retryMs }) => retryMs);
    expect(waits[0]).toBeLessThanOrEqual(200);
    expect(Math.min(...waits.slice(5))).toBeGreaterThanOrEqual(RECONNECT_MS_MAX / 2);
    expect(Math.max(...waits)).toBeLessThanOrEqual(RECONNECT_MS_MAX);
    expect(rig.lost[0]?.reason).toBe("closed with 1008: replaced: the runner connected again");
    await rig.welcome();
    rig.clock.advance(RUNNER_STEADY_MS);
    rig.socket.end("closed with 1001");
    expect(rig.lost.at(-1)?.retryMs).toBeLessThanOrEqual(200);
    expect(rig.lost.at(-1)?.reason).toBe("closed with 1001");
  });

  it("ends where it is refused for good, and tries again where it is not", async () => {
    const rig = new LinkRig();
    rig.socket.say({ type: "reject", code: "going_away", message: "not now" });
    rig.socket.end("closed with 1001");
    expect(rig.lost).toMatchObject([{ reason: "closed with 1001: not now" }]);
    rig.comeBack();
    rig.socket.say({ type: "reject", code: "unauthorized", message: "who are you?" });
    rig.socket.end("closed with 1008");
    expect(rig.rejected).toEqual(["unauthorized: who are you?"]);
    rig.clock.advance(60_000);
    expect(rig.sockets).toHaveLength(2);
  });

  it("leaves a controller whose frame cannot be read", async () => {
    const rig = new LinkRig();
    await rig.welcome();
    rig.socket.say(JSON.parse('{"type":"riddle"}'));
    expect(rig.lost[0]?.reason).toContain('a frame that cannot be read: type is "riddle"');
    rig.comeBack();
    expect(rig.sockets).toHaveLength(2);
  });
});

describe("what a runner tells of its agents", () => {
  it("waits for credit", async () => {
    const rig = new LinkRig();
    await rig.greet();
    rig.accept({ credit: 1 });
    expect(rig.link.event("one", "task.log", {})).toBe(true);
    rig.leases = [];
    rig.link.roster();
    rig.link.roster();
    expect(rig.socket.of("roster")).toEqual([]);
    rig.socket.say({ type: "credit", frames: 5 });
    expect(rig.socket.of("roster")).toMatchObject([{ agents: [{ leases: [] }] }]);
  });

  it("is told after the welcome, where work ended after the hello", async () => {
    const rig = new LinkRig();
    await rig.greet();
    rig.leases = [];
    rig.link.roster();
    expect(rig.socket.of("roster")).toEqual([]);
    rig.accept();
    expect(rig.socket.of("roster")).toMatchObject([{ agents: [{ leases: [] }] }]);
  });
});

describe("credit that a runner gives", () => {
  it("comes back for every frame that cost some, also for a call that was cancelled", async () => {
    const rig = new LinkRig();
    rig.call = () => new Promise(() => {});
    await rig.welcome();
    const base = { type: "req", agent: "one", data: {}, deadline_ms: 1, op: "a" } as const;
    for (let call = 0; call < RUNNER_CREDIT_FRAMES / 2; call += 1) {
      rig.socket.say({ ...base, id: String(call) });
      rig.socket.say({ type: "cancel", id: String(call) });
    }
    const given = rig.socket.of("credit").reduce((sum, { frames }) => sum + frames, 0);
    expect(given).toBe(RUNNER_CREDIT_FRAMES * 2);
  });

  it("answers each call on its own connection alone", async () => {
    const rig = new LinkRig();
    const answers: (() => void)[] = [];
    rig.call = ({ op }) =>
      new Promise((resolve, reject) => {
        answers.push(() =>
          op === "no" ? reject(Object.assign(new Error("never"), { code: "not_so" })) : resolve(1),
        );
      });
    await rig.welcome();
    const base = { type: "req", agent: "one", data: {}, deadline_ms: 1 } as const;
    rig.socket.say({ ...base, id: "1", op: "yes" });
    rig.socket.say({ ...base, id: "2", op: "no" });
    rig.socket.say({ ...base, id: "3", op: "late" });
    answers[0]?.();
    answers[1]?.();
    await turn();
    expect(rig.socket.of("resp")).toEqual([
      { type: "resp", id: "1", ok: true, data: 1 },
      { type: "resp", id: "2", ok: false, error: { code: "not_so", message: "never" } },
    ]);
    const [first] = rig.sockets;
    rig.socket.end("gone");
    rig.comeBack();
    await rig.welcome();
    answers[2]?.();
    await turn();
    expect(first?.of("resp")).toHaveLength(2);
    expect(rig.socket.of("resp")).toEqual([]);
  });
});
