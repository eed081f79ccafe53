import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { normalize } from "node:path";
import { CHROMIUM, needDebian } from "@swoosh/test";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { EngineServer, OPERATOR_SEED } from "./test/engine-server.ts";

const ROOT = new URL("../../../", import.meta.url);

/** What a bundler would find by itself: nothing but our own, and of the kernel only the small door. */
const IMPORTS = {
  "@swoosh/sdk": "/packages/sdk/src/index.ts",
  "@swoosh/protocol": "/packages/protocol/src/index.ts",
  "@swoosh/kernel/values": "/packages/kernel/src/values.ts",
};

/** The page of a user: no Node, no bundler, the platform's own network, keys and hash. */
function pageOf(server: EngineServer): string {
  const given = {
    seed: [...OPERATOR_SEED],
    origin: server.origin,
    verifierKey: server.verifierKey,
  };
  return `<!doctype html><meta charset="utf-8"><title>sdk</title>
<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
<script type="module">
const given = ${JSON.stringify(given)};
const write = (id, value) => {
  const element = document.createElement("pre");
  element.id = id;
  element.textContent = JSON.stringify(value);
  document.body.append(element);
};
try {
  const { createClient, createWebPorts, createWebSigner, generateWebSigner, verifyRecord } = await import("@swoosh/sdk");
  const ports = createWebPorts(globalThis);
  const signer = await createWebSigner(globalThis, { seed: Uint8Array.from(given.seed) });
  const client = createClient({ url: location.origin, signer, ports, origin: given.origin, pins: { verifierKeys: [given.verifierKey] } });
  const first = await client.propose("order/web", "Order_Add", { item: "tea" });
  const second = await client.propose("order/web", "Order_Add", { item: "ü\\u{1f600}" });
  const proven = await client.verifyInLog(second);
  const streamed = [];
  for await (const one of client.transitions([1, 2, 3].map((at) => ({ instance: "order/web" + at, transition: "Order_Add", inputs: { item: "a" } })))) streamed.push(one.kind);
  const tailed = [];
  for await (const { index } of client.tail({ from: 2 })) { tailed.push(index); if (tailed.length === 3) break; }
  const stranger = createClient({ url: location.origin, signer: await generateWebSigner(globalThis), ports });
  const refused = await stranger.propose("order/web", "Order_Submit");
  const forged = await verifyRecord(ports, { text: proven.text.replace("Order_Add", "Order_Pay") });
  const stored = await client.putEvidence(Uint8Array.of(1, 2, 3));
  write("done", { first: first.kind, second: second.kind, signer: proven.record.proposal.signer, items: (await client.state("order/web")).state.context.items, streamed, tailed, refused: refused.problem.code, forged: forged.ok, stored: stored.hash });
} catch (error) {
  write("failed", String(error?.stack ?? error) + " " + String(error?.cause ?? ""));
}
</script>`;
}

function sourceOf(path: string): { readonly type: string; readonly body: string } {
  const text = readFileSync(new URL(`.${normalize(path)}`, ROOT), "utf8");
  const body = path.endsWith(".ts") ? stripTypeScriptTypes(text) : text;
  return { type: "text/javascript; charset=utf-8", body };
}

describe("the SDK in a browser", () => {
  it("signs, proposes, streams, tails and verifies with the browser's own means", async () => {
    const executablePath = needDebian({ ...CHROMIUM, purpose: "the SDK's test in a browser" });
    const server = await EngineServer.open();
    server.file = (path) =>
      path === "/page.html"
        ? { type: "text/html; charset=utf-8", body: pageOf(server) }
        : /^\/(packages|node_modules)\//.test(path)
          ? sourceOf(path)
          : undefined;
    const args = ["--no-sandbox", "--disable-gpu", "--no-first-run"];
    const browser = await chromium.launch({ executablePath, args });
    try {
      const tab = await browser.newPage();
      const errors: string[] = [];
      tab.on("pageerror", (error) => errors.push(error.message));
      await tab.goto(`${server.url}/page.html`);
      const output = tab.locator("#done, #failed");
      await output.waitFor({ state: "attached" });
      const text = await output.textContent();
      expect(errors).toEqual([]);
      expect(await output.getAttribute("id"), text ?? "").toBe("done");
      expect(JSON.parse(text ?? "")).toEqual({
        first: "accepted",
        second: "accepted",
        signer: expect.stringMatching(/^hmmm:pubkey:/),
        items: ["tea", "ü\u{1f600}"],
        streamed: ["accepted", "accepted", "accepted"],
        tailed: [2, 3, 4],
        refused: "unknown_signer",
        forged: false,
        stored: "sha256-039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81",
      });
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
