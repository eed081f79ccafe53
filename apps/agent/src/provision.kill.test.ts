import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalize, type JsonObject } from "@swoosh/kernel";
import type { Client } from "@swoosh/sdk";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Checkouts, hashOf } from "./checkout.ts";
import { checkHealth, provision } from "./provision.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-provision-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FILES: Readonly<Record<string, string>> = {
  "README.md": "hello\n",
  "src/one.sh": "echo one\n",
  "src/deep/two.txt": "two\n",
};

/** The server as an agent sees it; every call may be the last before the agent is killed. */
class Server {
  readonly bytes = new Map<string, Uint8Array>();
  readonly installed: JsonObject[] = [];
  readonly contentHash: string;
  calls = 0;
  /** The agent is killed instead of this call; and, where `after`, when the server has done it. */
  kill: { readonly at: number; readonly after: boolean } | null = null;

  constructor() {
    const files = Object.entries(FILES).map(([path, text]) => ({
      hash: this.#keep(Buffer.from(text)),
      mode: path.endsWith(".sh") ? "100755" : "100644",
      path,
      size: text.length,
    }));
    const link = {
      hash: this.#keep(Buffer.from("src/one.sh")),
      mode: "120000",
      path: "run",
      size: 10,
    };
    this.contentHash = this.#keep(Buffer.from(canonicalize({ files: [...files, link] })));
  }

  client(): Client {
    const call = async <Value>(act: () => Value): Promise<Value> => {
      this.calls += 1;
      const isDue = this.kill?.at === this.calls;
      if (isDue && this.kill?.after === false) throw new Error("killed");
      const value = act();
      if (isDue) throw new Error("killed");
      return value;
    };
    const part = {
      getEvidence: (hash: string) => call(() => this.bytes.get(hash)),
      putEvidence: (bytes: Uint8Array) =>
        call(() => ({ bytes: bytes.length, hash: this.#keep(bytes) })),
      propose: (_instance: string, _transition: string, inputs: JsonObject) =>
        call(() => {
          // The effect is answered once; whoever answers it again is told so.
          if (this.installed.length > 0)
            return { kind: "refused", problem: { code: "effect_closed", detail: "answered" } };
          this.installed.push(inputs);
          return { kind: "accepted" };
        }),
    };
    // The part of a client that provisioning uses.
    return part as unknown as Client;
  }

  #keep(bytes: Uint8Array): string {
    const hash = hashOf(bytes);
    this.bytes.set(hash, bytes);
    return hash;
  }
}

/** One life of an agent: what it has in memory is gone afterwards, what is on its disk stays. */
async function life(server: Server): Promise<string> {
  const client = server.client();
  const doors = { client, checkouts: new Checkouts(client, folder) };
  const data = {
    assets: ["checkout"],
    content_hash: server.contentHash,
    effect: "e",
    instance: "project/p",
  };
  try {
    await provision(doors, data);
    return "done";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it("comes to the same environment, killed before or after each of its calls and started again", async () => {
  const whole = new Server();
  expect(await life(whole)).toBe("done");
  const steps = whole.calls;
  expect(steps).toBeGreaterThan(Object.keys(FILES).length + 3);
  const [wanted] = whole.installed;
  for (const after of [false, true])
    for (let at = 1; at <= steps; at += 1) {
      rmSync(folder, { recursive: true, force: true });
      const server = new Server();
      server.kill = { at, after };
      expect(await life(server)).toBe("killed");
      server.kill = null;
      const told = await life(server);
      // Killed when the server had its answer already, it hears that nothing is owed any more.
      expect([at, after, told]).toEqual([
        at,
        after,
        after && at === steps ? "Environment_Installed: answered" : "done",
      ]);
      expect(server.installed).toEqual([wanted]);
      const content = join(folder, "content");
      expect(readdirSync(content)).toEqual([server.contentHash]);
      const root = join(content, server.contentHash);
      for (const [path, text] of Object.entries(FILES))
        expect(readFileSync(join(root, path), "utf8")).toBe(text);
      expect(readlinkSync(join(root, "run"))).toBe("src/one.sh");
      const client = server.client();
      const health = { client, checkouts: new Checkouts(client, folder) };
      expect(await checkHealth(health, { content_hash: server.contentHash })).toEqual({ ok: true });
    }
});
