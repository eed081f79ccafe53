import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { initNode } from "../node/init-node.ts";
import { openNode, type RunningNode } from "../node/open-node.ts";
import { FakeKaching, serveKaching } from "../providers/license/test/fake-kaching.ts";
import { createScreen } from "../screen/create-screen.ts";
import { provideFacts, type Facts } from "./provide-facts.ts";
import { serviceKeys } from "./service-identities.ts";
import { NO_WORLD, type WorldSettings } from "./world-settings.ts";

let folder: string;
let node: RunningNode;
let facts: Facts | undefined;
const notes: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-facts-"));
  await initNode({ folder: join(folder, "data") });
  node = await openNode({ folder: join(folder, "data") });
  notes.length = 0;
});
afterEach(async () => {
  await facts?.stop();
  facts = undefined;
  await node.close();
  rmSync(folder, { recursive: true, force: true });
});

async function provide(world: WorldSettings): Promise<Facts> {
  const keys = await serviceKeys(node);
  const screen = createScreen(node.folder);
  const log = (_level: string, message: string): void => void notes.push(message);
  facts = await provideFacts({
    node,
    keys,
    log,
    screen,
    world,
    beatsPerBar: 8,
    beatsPerMinute: 120,
  });
  return facts;
}

const fact = (name: string) => node.engine.state.head(name)?.document;

describe("the facts of an installation", () => {
  it("without a world: a licence of its own; nothing goes out to hosts that nobody named", async () => {
    const { egress } = await provide(NO_WORLD);
    expect(fact("license/main")).toMatchObject({
      configuration: ["STATUS.GRANTED"],
      context: { source: "local" },
    });
    await expect(egress.admit(new URL("https://git.example/"))).rejects.toThrow(
      "is not on the list",
    );
  });

  it("with a licence server: its token is the licence, and outbound ends where it says no", async () => {
    const kaching = new FakeKaching(() => Date.parse("2026-01-01T00:00:00Z"));
    kaching.lifeMs = 315_360_000_000;
    kaching.cluster = node.origin.replaceAll(/[^A-Za-z0-9_.:-]/g, "_").slice(0, 64);
    const { close, url } = await serveKaching(kaching);
    const keyPath = join(folder, "kaching.pem");
    writeFileSync(keyPath, kaching.key.export({ format: "pem", type: "spki" }));
    const world = {
      ...NO_WORLD,
      allowed: ["203.0.113.7"],
      kaching: { url, licence: "LIC-1", keyPath, graceMs: 1_000 },
    };
    try {
      const first = await provide(world);
      expect(fact("license/main")).toMatchObject({
        configuration: ["STATUS.GRANTED"],
        context: { source: "kaching", subject: "LIC-1", token: expect.stringMatching(/^sha256-/) },
      });
      const elsewhere = new URL("https://203.0.113.7/");
      expect((await first.egress.admit(elsewhere)).addresses).toEqual(["203.0.113.7"]);
      await first.stop();
      kaching.mood = { kind: "denies", reason: "suspended" };
      const second = await provide(world);
      expect(fact("license/main")).toMatchObject({
        configuration: ["STATUS.DENIED"],
        context: { reason: "suspended" },
      });
      await expect(second.egress.admit(elsewhere)).rejects.toThrow("the licence has ended");
    } finally {
      await close();
    }
  });

  it("with a key that is none, it does not begin", async () => {
    const kaching = {
      url: "http://127.0.0.1/",
      licence: "a",
      keyPath: join(folder, "none.pem"),
      graceMs: 0,
    };
    await expect(provide({ ...NO_WORLD, kaching })).rejects.toThrow(
      "cannot be read as a public key in PEM",
    );
  });
});
