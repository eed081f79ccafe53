import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { initNode } from "./init-node.ts";
import { openNode } from "./open-node.ts";

it("opens a data folder by a path that begins where the process stands, as the command line's default is", async () => {
  const root = mkdtempSync(join(tmpdir(), "swoosh-relative-"));
  try {
    const folder = relative(process.cwd(), join(root, "data"));
    await initNode({ folder });
    const node = await openNode({ folder });
    expect(node.engine.state.registry).toBeDefined();
    await node.close();
  } finally {
    rmSync(root, { recursive: true });
  }
});
