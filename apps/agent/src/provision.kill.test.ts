import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Checkouts } from "./checkout.ts";
import { checkHealth, provision } from "./provision.ts";
import { clientOver, ProvisionServer, treeOf, WHOLE } from "./test/provision-server.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-provision-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every call may be the last before the agent is killed. */
class Calls {
  readonly server = new ProvisionServer();
  count = 0;
  /** The agent is killed instead of this call; and, where `after`, when the server has done it. */
  kill: { readonly at: number; readonly after: boolean } | null = null;

  readonly client = clientOver(async (call) => {
    this.count += 1;
    const isDue = this.kill?.at === this.count;
    if (isDue && this.kill?.after === false) throw new Error("killed");
    const value = this.server.answer(call);
    if (isDue) throw new Error("killed");
    return value;
  });
}

/** One life of an agent: what it has in memory is gone afterwards, what is on its disk stays. */
async function life({ client, server }: Calls): Promise<string> {
  try {
    await provision({ client, checkouts: new Checkouts(client, folder) }, server.data);
    return "done";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it("comes to the same environment, killed before or after each of its calls and started again", async () => {
  const whole = new Calls();
  expect(await life(whole)).toBe("done");
  const steps = whole.count;
  expect(steps).toBeGreaterThan(whole.server.count + 3);
  const [wanted] = whole.server.installed;
  for (const after of [false, true])
    for (let at = 1; at <= steps; at += 1) {
      rmSync(folder, { recursive: true, force: true });
      const calls = new Calls();
      const { client, server } = calls;
      calls.kill = { at, after };
      expect(await life(calls)).toBe("killed");
      calls.kill = null;
      const told = await life(calls);
      // Killed when the server had its answer already, it hears that nothing is owed any more.
      expect([at, after, told]).toEqual([
        at,
        after,
        after && at === steps ? "Environment_Installed: answered" : "done",
      ]);
      expect(server.installed).toEqual([wanted]);
      const content = join(folder, "content");
      expect(readdirSync(content)).toEqual([server.contentHash]);
      expect(treeOf(join(content, server.contentHash))).toEqual(WHOLE);
      const health = { client, checkouts: new Checkouts(client, folder) };
      expect(await checkHealth(health, server.data)).toEqual({ ok: true });
    }
});
