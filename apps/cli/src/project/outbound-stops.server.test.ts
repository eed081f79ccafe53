import { execFile, fork, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { createWebPorts, type Client, type Signer } from "@swoosh/sdk";
import { needDebian } from "@swoosh/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { beginProject } from "./begin-project.ts";
import { BeatLeader, CLUSTER, SUBJECT } from "./test/beat-leader.ts";
import { KilledServer } from "./test/killed-server.ts";
import { leadingTo, SocketAudit } from "./test/socket-audit.ts";

/** In `make soak` alone: a licence server that said no is asked again after a minute. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 400_000;
const WORLD = join(import.meta.dirname, "../../../server/src/projects/test/world-outside.ts");
const PROJECT = "project/outbound";
/** What must be gone, by when: the order's one second. */
const STOP_MS = 1_000;
/** For how long nothing new may open. */
const QUIET_MS = 8_000;
const SAMPLE_MS = 200;
/** What goes out while all is well; `kaching` is the exception that stays. */
const STEADY = ["git", "nats", "open", "tools"];
const KINDS = ["git", "nats", "open", "sink", "tools"];
/** ms after a renewal of the licence at which the sink begins to wait: it is waited for 10 s, in which the stop must come. */
const DENIED_FROM_MS = 4_500;
const EXPIRED_FROM_MS = 7_500;

/** A task that holds two sockets until it is told to end, one of them in a child that left it; neither listens to SIGTERM. */
const HOLD = `
const [host, port, role] = process.argv.slice(2);
process.on("SIGTERM", () => {});
const socket = require("node:net").connect(Number(port), host);
socket.on("error", () => {}).on("data", () => process.exit(0));
if (role !== "child")
  require("node:child_process")
    .spawn(process.execPath, [__filename, host, port, "child"], { detached: true, stdio: "ignore" })
    .unref();
setInterval(() => {}, 1_000);
`;

/** That of this machine, and so of the journal. */
const { clock } = createWebPorts(globalThis);
/**
 * An address that is no loopback's, which the egress lets everybody reach: one of RFC 5737, in a network namespace that the test makes
 * itself. "": outside of it.
 */
const host = process.env["SWOOSH_TEST_OUTSIDE"] ?? "";
const OUTSIDE = "192.0.2.1";
const isInside = isSoak && host !== "";
const root = mkdtempSync(join(tmpdir(), "swoosh-outbound-"));
const data = join(root, "data");
const server = new KilledServer(data);
const leader = new BeatLeader();
let world: World;
let watch: Watch;
let signer: Signer;

beforeAll(async () => {
  if (!isInside) return;
  await leader.startNats();
  leader.lead({
    now: () => clock.now(),
    wakeAt: (at, wake) => clock.wakeIn(Math.max(0, at - clock.now()), wake),
  });
  world = await World.open(leader.url.split(":").at(-1) ?? "");
  const key = join(root, "kaching.pem");
  writeFileSync(key, world.key);
  const at = (kind: string, scheme = "http"): string => `${scheme}://${host}:${world.port(kind)}`;
  await server.start(1, {
    SWOOSH_LICENCE_URL: `${at("kaching")}/v1`,
    SWOOSH_LICENCE_ID: "LIC-1",
    SWOOSH_LICENCE_KEY: key,
    SWOOSH_LICENCE_GRACE_HOURS: "0",
    SWOOSH_BUBBLE_URL: at("sink"),
    SWOOSH_NATS: at("nats", "nats"),
    SWOOSH_BEAT_SUBJECT: SUBJECT,
    SWOOSH_BEAT_CLUSTER: CLUSTER,
    SWOOSH_TOOLS_SECONDS: "1",
  });
  const { dataFolder, readKeyFile } = await import("@swoosh/server/keys");
  const operator = readKeyFile(dataFolder(data).operatorKey);
  signer = {
    key: operator.identity,
    sign: async (bytes) => operator.signBytes(bytes),
  };
  const source = join(root, "source");
  mkdirSync(source);
  writeFileSync(join(source, "hold.cjs"), HOLD);
  const run = [process.execPath, "hold.cjs", host, String(world.port("open"))];
  const plan = {
    goal: "stop at once",
    roles: [{ name: "builder", core: true, seats: 1 }],
    tasks: [{ id: "one", run, deadline_beats: 5_000 }],
    tools: [{ name: "lens", url: `${at("tools")}/mcp` }],
  };
  writeFileSync(join(source, "swoosh.yaml"), JSON.stringify(plan));
  await beginProject(client(), { instance: PROJECT, source });
  await server.seen(PROJECT, ["Execution_TaskStarted"], 0);
  watch = new Watch(server.pid);
}, HANGS_MS);
afterAll(async () => {
  watch?.stop();
  await server.kill();
  world?.close();
  await leader.stop();
  rmSync(root, { recursive: true, force: true });
});

const client = (): Client => server.client(signer);

/** All that goes out and stays does, git that fetches what never comes among it; the licence was renewed just now. */
async function steadyGoesOut(round: string): Promise<void> {
  const source = `http://${host}:${world.port("git")}/${round}.git`;
  const begin = (): Promise<number> =>
    beginProject(client(), { instance: `project/${round}`, source });
  // The server may end an idle connection at the moment at which it is used again.
  await begin().catch(begin);
  await watch.sees(STEADY);
  // Pauses of an emitter that was not let out before grow to a minute.
  await world.opened("sink");
  await world.opened("kaching");
}

/** The sink keeps its request. */
async function sinkWaits(): Promise<void> {
  world.tell({ waits: true });
  await world.opened("sink");
  await watch.sees(KINDS);
}

interface Seen {
  readonly at: number;
  readonly index: number;
}

/** The first such record at or after `from`. */
async function recorded(instance: string, transition: string, from: number): Promise<Seen> {
  const index = await server.seen(instance, [transition], from);
  for await (const { text } of client().tail({ from: index }))
    return { ...JSON.parse(text), index };
  throw new Error("the log ended");
}

/** Of `license/main` as it is now. */
async function licence(): Promise<{ readonly index: number; readonly stopAt: number }> {
  const read = await client().state("license/main");
  return { index: read?.index ?? 0, stopAt: Object(Object(read?.state)["context"])["stop_at"] };
}

/** At the moment before, everything was reached; from `STOP_MS` after `at` on nothing but the licence server is. */
async function mustStop(at: number): Promise<void> {
  await watch.sampled(at + STOP_MS + QUIET_MS);
  expect(watch.lastBefore(at)).toEqual(KINDS);
  expect(watch.between(at + STOP_MS, at + STOP_MS + QUIET_MS)).toEqual([]);
}

it.runIf(isSoak && !isInside)(
  "in a network of its own, in which there is an address outside",
  async () => {
    needDebian({
      program: "ip",
      debianPackage: "iproute2",
      purpose: "an address outside of the loopback, in a network namespace",
    });
    const root = join(import.meta.dirname, "../../../..");
    const up = `ip link set lo up && ip address add ${OUTSIDE}/32 dev lo && exec "$@"`;
    const vitest = [process.execPath, join(root, "node_modules/vitest/vitest.mjs"), "run"];
    const argv = ["--net", "sh", "-c", up, "sh", ...vitest, import.meta.filename];
    const env = { ...process.env, SWOOSH_TEST_OUTSIDE: OUTSIDE };
    const inside = promisify(execFile)("unshare", argv, { cwd: root, env, timeout: 3 * HANGS_MS });
    const { stdout } = await inside.catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
    expect(stdout).toMatch(/Tests.*3 passed/);
  },
  3 * HANGS_MS,
);

describe.runIf(isInside)("outbound of real processes, by the journal's time of the stop", () => {
  it(
    "goes on where the licence server is busy",
    async () => {
      await steadyGoesOut("busy");
      const { index } = await licence();
      world.tell({ mood: { kind: "is busy", retryAfterS: 1 } });
      const busy = await recorded("license/main", "License_Throttled", index + 1);
      const { at } = await recorded("license/main", "License_Granted", busy.index);
      await watch.sampled(at);
      expect(watch.always(busy.at, at)).toEqual(expect.arrayContaining(STEADY));
    },
    HANGS_MS,
  );

  it(
    "stops where the licence has come to its end, and comes back with a new one",
    async () => {
      await steadyGoesOut("expired");
      await watch.sampled(clock.now() + EXPIRED_FROM_MS);
      world.tell({ mood: { kind: "fails" } });
      await sinkWaits();
      const { index } = await licence();
      const stop = await recorded(PROJECT, "Service_Stop", index);
      const { stopAt } = await licence();
      expect(stop.at).toBeGreaterThanOrEqual(stopAt);
      await mustStop(stopAt);
      world.tell({ mood: { kind: "grants" } });
      world.tell({ waits: false });
      await recorded(PROJECT, "Service_Restore", stop.index);
    },
    HANGS_MS,
  );

  it(
    "stops where the licence is denied, and the project comes to its end under a new one",
    async () => {
      await steadyGoesOut("denied");
      await watch.sampled(clock.now() + DENIED_FROM_MS);
      const { index } = await licence();
      world.tell({ mood: { kind: "denies", reason: "suspended" } });
      await sinkWaits();
      const denied = await recorded("license/main", "License_Denied", index);
      await mustStop(denied.at);
      world.tell({ mood: { kind: "grants" } });
      world.tell({ waits: false });
      world.tell({ go: true });
      await recorded(PROJECT, "Service_Restore", denied.index);
      await recorded(PROJECT, "Execution_Complete", denied.index);

      watch.stop();
      await server.kill("SIGTERM");
      const verified = await runSwoosh(["verify", "--data", data, "--signatures"]);
      expect(verified.out).toContain("sound");
      const { out } = await runSwoosh(["journal", "cat", "--data", data, "--json"]);
      const steps = out
        .trim()
        .split("\n")
        .map((line): { proposal: { instance: string; transition: string } } => JSON.parse(line))
        .filter(({ proposal }) => proposal.instance === PROJECT)
        .map(({ proposal }) => proposal.transition);
      // Two stops, and one attempt. (What comes after may be lost by an agent that a busy machine lets starve.)
      const stopped = steps.slice(0, steps.lastIndexOf("Service_Restore"));
      expect(stopped.filter((one) => one === "Service_Stop")).toHaveLength(2);
      expect(stopped.filter((one) => one === "Execution_TaskAssigned")).toHaveLength(1);
      expect(stopped).not.toContain("Execution_TaskFailed");
    },
    HANGS_MS,
  );
});

/** What surrounds the server, in a process of its own; its messages are those of `world-outside.ts`. */
class World {
  readonly key: string;
  readonly #child: ChildProcess;
  readonly #ports: Readonly<Record<string, number>>;

  static async open(natsPort: string): Promise<World> {
    const child = fork(WORLD, [host, natsPort], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    return new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the world ended with ${code}`)));
      child.once("message", (told: { key: string; ports: Record<string, number> }) =>
        resolve(new World(child, told)),
      );
    });
  }

  private constructor(
    child: ChildProcess,
    told: { readonly key: string; readonly ports: Readonly<Record<string, number>> },
  ) {
    this.#child = child;
    this.key = told.key;
    this.#ports = told.ports;
  }

  port(kind: string): number {
    const port = this.#ports[kind];
    if (port === undefined) throw new Error(`nothing outside is called ${kind}`);
    return port;
  }

  kindOf(port: number): string | undefined {
    return Object.keys(this.#ports).find((kind) => this.#ports[kind] === port);
  }

  /** Ports but that of the licence server. */
  others(): ReadonlySet<number> {
    return new Set(KINDS.map((kind) => this.port(kind)));
  }

  tell(message: object): void {
    this.#child.send(message);
  }

  /** Resolves with the next connection to it. */
  opened(kind: string): Promise<void> {
    return new Promise((resolve) => {
      const hear = (told: { readonly opened?: string }): void => {
        if (told.opened !== kind) return;
        this.#child.off("message", hear);
        resolve();
      };
      this.#child.on("message", hear);
    });
  }

  close(): void {
    this.#child.removeAllListeners("exit");
    this.#child.kill("SIGKILL");
  }
}

interface Sample {
  /** ms, before the tables were read. */
  readonly from: number;
  readonly to: number;
  /** What is reached, sorted; what nobody named by process and address. */
  readonly reached: readonly string[];
}

/** Samples of the socket audit of a server and all below it, and of whoever else reaches the world outside. */
class Watch {
  readonly #audit: SocketAudit;
  readonly #samples: Sample[] = [];
  #cancel: () => void = () => {};
  readonly #waiting = new Set<() => void>();

  constructor(pid: number) {
    this.#audit = new SocketAudit(pid);
    this.#sampleLater();
  }

  stop(): void {
    this.#cancel();
  }

  #sampleLater(): void {
    this.#cancel = clock.wakeIn(SAMPLE_MS, () => {
      this.#sample();
      this.#sampleLater();
    });
  }

  /** Resolves when all of these are reached at once. */
  sees(kinds: readonly string[]): Promise<void> {
    return this.#until(({ reached }) => kinds.every((kind) => reached.includes(kind)));
  }

  /** Resolves after a sample that began at or after this time. */
  sampled(at: number): Promise<void> {
    return this.#until(({ from }) => from >= at);
  }

  lastBefore(at: number): readonly string[] {
    return this.#samples.findLast(({ to }) => to <= at)?.reached ?? [];
  }

  /** What was reached all the time. */
  always(from: number, to: number): readonly string[] {
    const [first = [], ...rest] = this.#samples
      .filter((one) => one.from >= from && one.to <= to)
      .map(({ reached }) => reached);
    return first.filter((kind) => rest.every((reached) => reached.includes(kind)));
  }

  between(from: number, to: number): readonly string[] {
    const samples = this.#samples.filter((one) => one.from >= from && one.to <= to);
    if (samples.length <= 5) throw new Error("too few looks at the sockets to say anything");
    return [...new Set(samples.flatMap(({ reached }) => reached))];
  }

  #until(isThere: (sample: Sample) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const last = this.#samples.at(-1);
        if (last === undefined || !isThere(last)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  #sample(): void {
    const from = clock.now();
    const own = this.#audit
      .outgoing()
      .map(({ address, pid, port }) =>
        address === host
          ? (world.kindOf(port) ?? `${pid} ${address}:${port}`)
          : `${pid} ${address}:${port}`,
      );
    const others = leadingTo(host, world.others()).map(({ port }) => world.kindOf(port) ?? "");
    const reached = [...new Set([...own, ...others])].filter((kind) => kind !== "kaching");
    this.#samples.push({ from, to: clock.now(), reached: reached.toSorted(byText) });
    for (const look of this.#waiting) look();
  }
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
