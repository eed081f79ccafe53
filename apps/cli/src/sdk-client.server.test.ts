import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import {
  createClient,
  createWebPorts,
  createWebSigner,
  generateWebSigner,
  type Client,
  type SdkPorts,
} from "@swoosh/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  describeClientContract,
  type World,
} from "../../../packages/sdk/src/test/client.contract.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-sdk-"));
const ORDER = fileURLToPath(new URL("../../../examples/order/", import.meta.url));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The real server, in this process, over a folder of its own. */
async function openServer(name: string, charts: string = ORDER): Promise<World> {
  const { dataFolder } = await import("@swoosh/server/keys");
  const { initNode, openNode } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  const folder = join(root, name);
  const report = await initNode({ folder, charts: [charts] });
  const node = await openNode({ folder });
  const server = await serve(node, { host: "127.0.0.1", port: 0, onDefect: failHard });
  const reader = createClient({ url: server.url, ports: createWebPorts(globalThis) });
  const { verifierKey = "" } = await reader.health();
  const pem = readFileSync(dataFolder(folder).operatorKey, "utf8");
  return {
    url: server.url,
    origin: report.origin,
    verifierKey,
    genesisHash: report.firstLeaf,
    operator: await createWebSigner(globalThis, { pem }),
    ports: impatientPorts,
    close: () => server.stop(),
  };
}

function failHard(error: unknown): void {
  throw error;
}

/** The machine's own clock, but pauses are over at once. */
function impatientPorts(): SdkPorts {
  return createWebPorts(globalThis, {
    clock: {
      now: () => Math.floor(performance.timeOrigin + performance.now()),
      wakeIn: (ms, wake) => {
        // A tail may stay silent for as long as it likes.
        if (ms >= 60_000) return () => {};
        const timer = setImmediate(wake);
        return () => clearImmediate(timer);
      },
    },
  });
}

describeClientContract("the server", () => openServer("contract"));

describe("a client of the server", () => {
  let world: World;
  let client: Client;
  beforeAll(async () => {
    world = await openServer("more");
    const { url, operator: signer, origin } = world;
    client = createClient({ url, signer, origin, ports: world.ports() });
  });
  afterAll(() => world.close());

  it("explains, and shows decisions and charts, each in the form of its schema", async () => {
    const made = await client.propose("order/a", "Order_Add", { item: "tea" });
    if (made.kind !== "accepted") throw new Error(made.problem.detail);
    const explain = await client.explain("order/a");
    const submit = explain?.transitions.find(({ transition }) => transition === "Order_Submit");
    expect(submit).toMatchObject({ enabled: true });
    expect(await client.decision(made.answer.decision)).toMatchObject({
      index: made.answer.index,
      state_post_hash: made.answer.state_post_hash,
    });
    const charts: string[] = [];
    for await (const { chart } of client.charts()) charts.push(chart);
    expect(charts).toContain("order");
    expect((await client.chart("order"))?.mermaid).toContain("stateDiagram");
    const past = await client.state("order/a", { at: made.answer.index });
    expect(past?.hash).toBe(made.answer.state_post_hash);
    const flow = await client.state("order/a", { projection: ["Flow"] });
    expect(flow?.projection?.["Flow"]).toMatchObject({ phase: "DRAFT", items: ["tea"] });
  });

  it("stores evidence with a session that it opens by itself", async () => {
    const bytes = new Uint8Array(200_000).map((_, at) => at % 251);
    const { hash } = await client.putEvidence(bytes);
    expect(await client.getEvidence(hash)).toEqual(bytes);
    expect(await client.getEvidence(`sha256-${"0".repeat(64)}`)).toBeUndefined();
  });

  it("follows the log while it grows", async () => {
    const { treeSize } = await client.health();
    const stop = new AbortController();
    const seen: number[] = [];
    const tailing = (async () => {
      for await (const { index } of client.tail({ from: treeSize - 2, signal: stop.signal })) {
        seen.push(index);
        if (seen.length === 12) return;
      }
    })();
    for (let at = 0; at < 10; at += 1)
      await client.propose(`order/t${at}`, "Order_Add", { item: "a" });
    await tailing;
    expect(seen).toEqual(Array.from({ length: 12 }, (_, at) => treeSize - 2 + at));
  });
});

/** One class waits for the tide, which is high at every eighth beat from the second on; the other for a frame. */
const TIDAL = `chart: tidal
version: 1
config: { slots: { work: execute }, tide: { amplitude_permille: 1000, classes: { fish: { open_above: 900 } }, period_beats: 8, phase_beats: 0 } }
context: { type: object, properties: {} }
initialContext: {}
reads: { beat: "'beat/main'" }
creates: [Fish, Work]
initial: SEA
states: { SEA: { on: { Fish: { target: SEA }, Work: { target: SEA } } } }
transitions:
  Fish: { by: [operator], class: fish, guards: [fishOpen] }
  Work: { by: [operator], class: work, guards: [workOpen] }
guards:
${["fish", "work"].map((name) => `  ${name}Open: { native: windowOpen, with: { at: at, beat: "reads.beat == null ? null : {'beat_index': reads.beat.context.beat_index, 'deadline_at': reads.beat.context.deadline_at, 'downbeat': reads.beat.context.downbeat, 'phase': reads.beat.context.phase, 'prev_phase': reads.beat.context.prev_phase, 'window_id': reads.beat.context.window_id}", class: "'${name}'", slots: config.slots, tide: config.tide, window: window } }`).join("\n")}
`;

describe("a client that meets a closed window", () => {
  let world: World;
  let client: Client;
  let provider: Client;
  /** Paths that the client has asked, in order. */
  const asked: string[] = [];
  /** Told of each. */
  let onAsked: (path: string) => void = () => {};
  beforeAll(async () => {
    const charts = join(root, "charts");
    mkdirSync(charts);
    writeFileSync(join(charts, "tidal.yaml"), TIDAL);
    world = await openServer("tidal", charts);
    const { operator: signer, origin, url } = world;
    const ports = world.ports();
    client = createClient({
      url,
      signer,
      origin,
      ports: {
        ...ports,
        http: (request) => {
          const path = request.url.slice(url.length);
          asked.push(path);
          onAsked(path);
          return ports.http(request);
        },
      },
    });
    const beats = await generateWebSigner(globalThis);
    provider = createClient({ url, signer: beats, origin, ports: world.ports() });
    const registered = await client.propose("identity/beats", "Identity_Register", {
      key: beats.key,
      kind: "service",
      roles: [{ role: "provider", scope: "beat/*" }],
    });
    if (registered.kind === "refused") throw new Error(registered.problem.detail);
  });
  afterAll(() => world.close());

  /** The provider sees this beat. */
  async function beat(index: number, phase = "plan"): Promise<void> {
    const observed = await provider.propose("beat/main", "Beat_Observed", {
      beat_index: index,
      cluster: "test",
      deadline_at: 253_402_300_799_999,
      downbeat: false,
      phase,
      source: "pulse",
      tempo_mbpm: 120_000,
      window_id: `backbeat:w${index}`,
    });
    if (observed.kind === "refused") throw new Error(observed.problem.detail);
  }

  it("is told the beat of the next tide, waits for it, and passes", async () => {
    await beat(3);
    const retry = { waitForBeat: false };
    const closed = await client.propose("tidal/a", "Fish", {}, { retry });
    expect(closed).toMatchObject({
      kind: "refused",
      problem: { status: 400, code: "guard_failed", guard: "fishOpen", retry: { at_beat: 10 } },
    });
    asked.length = 0;
    let looks = 0;
    let next = 4;
    let beating: Promise<void> = Promise.resolve();
    onAsked = (path) => {
      if (!path.startsWith("/state")) return;
      looks += 1;
      // A beat at every other look, and none behind the tide: looks may come faster than beats are taken.
      if (looks % 2 !== 0 || next > 10) return;
      const index = next;
      next += 1;
      beating = beating.then(() => beat(index));
    };
    const passed = await client.propose("tidal/a", "Fish", {});
    onAsked = () => {};
    await beating;
    expect(passed.kind).toBe("accepted");
    expect(asked.filter((path) => path.startsWith("/transition"))).toHaveLength(2);
    expect(looks).toBeGreaterThan(8);
    expect(next).toBe(11);
  });

  it("is told the window to name, and nothing where no time and no name is known to help", async () => {
    await beat(11, "execute");
    const retry = { attemptsMax: 1 };
    const work = (windowId: string) => client.propose("tidal/a", "Work", {}, { retry, windowId });
    const stale = await work("backbeat:w10");
    expect(stale).toMatchObject({
      kind: "refused",
      problem: { code: "guard_failed", retry: { window: "backbeat:w11" } },
    });
    expect((await work("backbeat:w11")).kind).toBe("accepted");
    await beat(12, "review");
    const late = await work("backbeat:w12");
    expect(late).toMatchObject({ kind: "refused", problem: { guard: "workOpen" } });
    expect(late.kind === "refused" && late.problem.retry).toBeUndefined();
  });
});
