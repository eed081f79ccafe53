import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createWebPorts, type Client, type Signer } from "@swoosh/sdk";
import { needDebian } from "@swoosh/test";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { beginProject } from "./begin-project.ts";
import { BeatLeader, CLUSTER, SUBJECT } from "./test/beat-leader.ts";
import { KilledServer } from "./test/killed-server.ts";
import { OutboundWatch } from "./test/outbound-watch.ts";
import { OutsideWorld } from "./test/outside-world.ts";
import { runWhole } from "./test/run-whole.ts";

/** In `make soak` alone: a licence server that said no is asked again after a minute. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 400_000;
/** The start and three cases: each of them says that it hangs before the whole is ended from outside. */
const INNER_MS = 5 * HANGS_MS;
const PROJECT = "project/outbound";
/** What must be gone, by when: the order's one second. */
const STOP_MS = 1_000;
/** For how long nothing new may open. */
const QUIET_MS = 8_000;
/** What goes out while all is well; `kaching` is the exception that stays. */
const STEADY = ["git", "nats", "open", "tools"];
const KINDS = ["git", "nats", "open", "sink", "tools"];
/** ms before the end of a licence at which the sink begins to wait: it is waited for 10 s, in whose middle the stop comes. */
const SINK_MS = 5_000;
/** Nobody is asked what this commit is, so git is at its fetch for a minute; a question would end after 30 s. */
const COMMIT = "1".repeat(40);

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
let world: OutsideWorld;
let watch: OutboundWatch;
let signer: Signer;

beforeAll(async () => {
  if (!isInside) return;
  await leader.startNats();
  leader.lead({
    now: () => clock.now(),
    wakeAt: (at, wake) => clock.wakeIn(Math.max(0, at - clock.now()), wake),
  });
  world = await OutsideWorld.open(host, leader.url.split(":").at(-1) ?? "");
  const key = join(root, "kaching.pem");
  writeFileSync(key, world.key);
  await server.start(1, {
    SWOOSH_LICENCE_URL: `${world.url("kaching")}/v1`,
    SWOOSH_LICENCE_ID: "LIC-1",
    SWOOSH_LICENCE_KEY: key,
    SWOOSH_LICENCE_GRACE_HOURS: "0",
    SWOOSH_BUBBLE_URL: world.url("sink"),
    SWOOSH_NATS: world.url("nats", "nats"),
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
    tools: [{ name: "lens", url: `${world.url("tools")}/mcp` }],
  };
  writeFileSync(join(source, "swoosh.yaml"), JSON.stringify(plan));
  await beginProject(client(), { instance: PROJECT, source });
  watch = new OutboundWatch(clock, { pid: server.pid, world });
  // Not for its record: that a task has begun is news, which a window may keep from the log.
  await watch.sees(["open"]);
}, HANGS_MS);
beforeEach(({ onTestFailed }) => {
  if (!isInside) return;
  const from = clock.now();
  onTestFailed(async () => {
    process.stderr.write(watch.story(clock.now(), from));
    process.stderr.write(await journalSince(from));
  });
});
afterEach(() => {
  // One case that failed takes no other with it.
  world?.tell({ mood: { kind: "grants" } });
  world?.tell({ wait: [] });
});
afterAll(async () => {
  watch?.stop();
  await server.kill();
  world?.close();
  await leader.stop();
  rmSync(root, { recursive: true, force: true });
});

const client = (): Client => server.client(signer);

/** All that goes out and stays does, git that fetches what never comes among it, under a token that was taken just now. */
async function steadyGoesOut(round: string): Promise<Licence> {
  // Pauses of an emitter that was not let out before grow to a minute.
  await world.opened("sink");
  const { index } = await licence();
  await recorded("license/main", "License_Granted", index + 1);
  const source = `${world.url("git")}/${round}.git#${COMMIT}`;
  const begin = (): Promise<number> =>
    beginProject(client(), { instance: `project/${round}`, source });
  // The server may end an idle connection at the moment at which it is used again.
  await begin().catch(begin);
  await watch.sees(STEADY);
  return licence();
}

/** The sink keeps its request. */
async function sinkWaits(...others: readonly string[]): Promise<void> {
  world.tell({ wait: ["sink", ...others] });
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

interface Licence {
  readonly index: number;
  readonly stopAt: number;
}

/** Of `license/main` as it is now. */
async function licence(): Promise<Licence> {
  const read = await client().state("license/main");
  return { index: read?.index ?? 0, stopAt: Object(Object(read?.state)["context"])["stop_at"] };
}

/** What the licence and the project went through, for whoever wonders at a failure. */
async function journalSince(from: number): Promise<string> {
  const lines: string[] = [];
  try {
    for await (const { text } of client().journal()) {
      const { at, proposal } = JSON.parse(text);
      if (at >= from && ["license/main", PROJECT].includes(proposal.instance))
        lines.push(`${at} ${proposal.instance} ${proposal.transition}`);
    }
  } catch (error) {
    lines.push(`the journal cannot be read: ${String(error)}`);
  }
  return `${lines.join("\n")}\n`;
}

/**
 * At the moment before, everything was reached; from `STOP_MS` after `at` on nothing but the licence server is. On a machine that
 * gives them no processor, the server and those below it have that much longer for the first of it.
 */
async function mustStop(at: number): Promise<void> {
  await watch.watched(at + STOP_MS, at + STOP_MS + QUIET_MS);
  expect(watch.lastBefore(at), watch.story(at)).toEqual(KINDS);
  expect(watch.lateAfter(at, STOP_MS), watch.story(at)).toEqual([]);
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
    const env = { ...process.env, NO_COLOR: "1", SWOOSH_TEST_OUTSIDE: OUTSIDE };
    const { code, said } = await runWhole("unshare", argv, { cwd: root, env, timeoutMs: INNER_MS });
    expect(code, said).toBe(0);
    expect(said).toMatch(/Tests.*3 passed/);
  },
  INNER_MS + HANGS_MS,
);

describe.runIf(isInside)("outbound of real processes, by the journal's time of the stop", () => {
  it(
    "goes on where the licence server is busy",
    async () => {
      const { index } = await steadyGoesOut("busy");
      world.tell({ mood: { kind: "is busy", retryAfterS: 1 } });
      const busy = await recorded("license/main", "License_Throttled", index + 1);
      const { at } = await recorded("license/main", "License_Granted", busy.index);
      await watch.sampled(at);
      expect(watch.always(busy.at), watch.story(at)).toEqual(expect.arrayContaining(STEADY));
    },
    HANGS_MS,
  );

  it(
    "stops where the licence has come to its end, and comes back with a new one",
    async () => {
      const { index, stopAt } = await steadyGoesOut("expired");
      world.tell({ mood: { kind: "fails" } });
      await watch.sampled(stopAt - SINK_MS);
      await sinkWaits();
      const stop = await recorded(PROJECT, "Service_Stop", index);
      expect((await licence()).stopAt).toBe(stopAt);
      expect(stop.at).toBeGreaterThanOrEqual(stopAt);
      await mustStop(stopAt);
      world.tell({ mood: { kind: "grants" } });
      world.tell({ wait: [] });
      await recorded(PROJECT, "Service_Restore", stop.index);
    },
    HANGS_MS,
  );

  it(
    "stops where the licence is denied, and the project comes to its end under a new one",
    async () => {
      const { index } = await steadyGoesOut("denied");
      world.tell({ mood: { kind: "denies", reason: "suspended" } });
      // The answer waits for the sink's.
      world.tell({ wait: ["kaching"] });
      await world.opened("kaching");
      await sinkWaits("kaching");
      world.tell({ wait: ["sink"] });
      const denied = await recorded("license/main", "License_Denied", index);
      await mustStop(denied.at);
      world.tell({ mood: { kind: "grants" } });
      world.tell({ wait: [] });
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
      // One attempt over two stops, or more where a machine without time renewed the licence too late. (What comes after may be lost by an
      // agent that a busy machine lets starve.)
      const stopped = steps.slice(0, steps.lastIndexOf("Service_Restore"));
      expect(stopped.filter((one) => one === "Service_Stop").length).toBeGreaterThanOrEqual(2);
      expect(stopped.filter((one) => one === "Execution_TaskAssigned")).toHaveLength(1);
      expect(stopped).not.toContain("Execution_TaskFailed");
    },
    HANGS_MS,
  );
});
