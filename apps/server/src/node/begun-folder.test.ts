import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { beginFolder, isFresh } from "./begun-folder.ts";
import { dataFolder, type DataFolder } from "./data-folder.ts";
import { initNode } from "./init-node.ts";
import { openNode } from "./open-node.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-begun-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What a crash can leave of a folder that is being made, in the order of its making. */
const REMAINS: readonly (readonly [string, (paths: DataFolder) => void | Promise<void>])[] = [
  ["an empty folder", ({ folder }) => void mkdirSync(folder, { recursive: true })],
  ["a mark", (paths) => (beginFolder(paths), rmSync(paths.keys, { recursive: true }))],
  ["one key", (paths) => (beginFolder(paths), rmSync(paths.operatorKey))],
  ["half a key", (paths) => (beginFolder(paths), truncateSync(paths.operatorKey, 20))],
  ["both keys", (paths) => void beginFolder(paths)],
  [
    "an empty journal",
    (paths) => (
      beginFolder(paths),
      void mkdirSync(join(paths.journal, "log"), { recursive: true })
    ),
  ],
  [
    "a log without charts",
    async (paths) => {
      const genesis = { name: "swoosh", operator: beginFolder(paths).identity };
      await (await openNode({ folder: paths.folder, genesis })).close();
    },
  ],
];

describe("a data folder that a crash left half-made", () => {
  it.each(REMAINS)("is finished by the next start: %s", async (_, leave) => {
    const paths = dataFolder(join(root, "data"));
    await leave(paths);
    expect(isFresh(paths)).toBe(true);
    const report = await initNode({ folder: paths.folder });
    expect([isFresh(paths), existsSync(paths.unfinished)]).toEqual([false, false]);
    const node = await openNode({ folder: paths.folder });
    expect([node.origin, node.engine.state.chart("flag")?.name]).toEqual([report.origin, "flag"]);
    expect(node.engine.state.registry.identityOf(report.operator)).toBe("operator");
    await node.close();
    await expect(initNode({ folder: paths.folder })).rejects.toThrow(/is not empty/u);
  });
});
