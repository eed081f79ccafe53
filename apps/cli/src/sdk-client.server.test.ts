import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import {
  createClient,
  createWebPorts,
  createWebSigner,
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
async function openServer(name: string): Promise<World> {
  const { dataFolder } = await import("@swoosh/server/keys");
  const { initNode, openNode } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  const folder = join(root, name);
  const report = await initNode({ folder, charts: [ORDER] });
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
