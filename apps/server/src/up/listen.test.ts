import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { initNode } from "../node/init-node.ts";
import { openNode } from "../node/open-node.ts";
import { listen } from "./listen.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-listen-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function taken(): Promise<{ readonly other: Server; readonly port: number }> {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  return { other, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
}

it("takes the next port where it may choose; else says what is taken and what to do, and lets go of the folder", async () => {
  const folder = join(root, "data");
  await initNode({ folder, name: "swoosh" });
  const { other, port } = await taken();
  try {
    const next = await listen(await openNode({ folder }), { host: "127.0.0.1", port }, true);
    expect(next.port).toBeGreaterThan(port);
    await next.stop();
    const refused = listen(await openNode({ folder }), { host: "127.0.0.1", port }, false);
    await expect(refused).rejects.toMatchObject({
      code: "EADDRINUSE",
      message: `port ${port} of 127.0.0.1 is taken by other programs; name another with --port or SWOOSH_PORT (0 picks a free one), or stop what listens there`,
    });
    const elsewhere = { host: "192.0.2.1", port: 0 };
    await expect(listen(await openNode({ folder }), elsewhere, true)).rejects.toMatchObject({
      code: "EADDRNOTAVAIL",
      message: expect.stringContaining("name one of its own with --host"),
    });
    // Nobody has the folder any more.
    await (await openNode({ folder })).close();
  } finally {
    other.close();
  }
});
