import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatHlc } from "@swoosh/kernel";
import { expect, it } from "vitest";
import { dataFolder } from "../node/data-folder.ts";
import { initNode } from "../node/init-node.ts";
import { openNode } from "../node/open-node.ts";
import { systemClock } from "../node/system-clock.ts";
import { serve } from "./serve.ts";
import { ServedFolder } from "./test/with-server.ts";

const SEGMENT_BYTES = 4_096;
const DELIVERIES = 64;
const KEY = "t:0:once:1";

async function opened(folder: string): Promise<ServedFolder> {
  const node = await openNode({ folder, segmentBytes: SEGMENT_BYTES });
  const server = await serve(node, { host: "127.0.0.1", port: 0 });
  return new ServedFolder({ folder, node, server });
}

interface Told {
  readonly status: number;
  readonly replayed: boolean;
  readonly text: string;
}

/** Deliveries at once of one operation under one key, each signed anew over the head as it is and a clock of its own. */
async function race(served: ServedFolder, key: string): Promise<readonly Told[]> {
  const now = systemClock.now();
  const texts = Array.from({ length: DELIVERIES }, (_, counter) =>
    served.text({ change: { hlc: formatHlc({ wallMs: now, counter }), idem_key: key } }),
  );
  expect(new Set(texts).size).toBe(DELIVERIES);
  return Promise.all(
    texts.map(async (text) => {
      const answer = await served.post(text);
      const replayed = answer.headers.get("idempotent-replayed") === "true";
      return { status: answer.status, replayed, text: await answer.text() };
    }),
  );
}

it("one key is one record, with fresh heads and clocks too, behind rotation, a snapshot and a restart", async () => {
  const root = mkdtempSync(join(tmpdir(), "swoosh-one-key-"));
  const folder = join(root, "data");
  try {
    await initNode({ folder, segmentBytes: SEGMENT_BYTES });
    const before = await opened(folder);
    const told = await race(before, KEY);
    const first = told.find(({ replayed }) => !replayed);
    const repeated = { ...first, replayed: true };
    expect(told.filter((one) => one !== first)).toEqual(
      Array.from({ length: DELIVERIES - 1 }, () => repeated),
    );
    // The head goes on, and the segment with the key is sealed and another one after it.
    const segments = () => readdirSync(join(dataFolder(folder).journal, "log"));
    const sealed = () => segments().filter((name) => name.endsWith(".wal")).length;
    const atFirst = sealed();
    while (sealed() < atFirst + 3) {
      const answer = await before.post(before.text());
      expect([answer.status, await answer.text()]).toEqual([202, expect.any(String)]);
    }
    await before.node.engine.snapshot();
    const { size } = before.node.engine.status();
    await before.server.stop();

    const after = await opened(folder);
    try {
      expect(after.node.engine.status().size).toBe(size);
      expect(await race(after, KEY)).toEqual(Array.from({ length: DELIVERIES }, () => repeated));
      expect(after.node.engine.status().size).toBe(size);
      // The same of a key that is new: they race for the one record that there is room for.
      const raced = await race(after, "t:0:another:1");
      expect(new Set(raced.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(raced.map(({ status }) => status)).toEqual(raced.map(() => 202));
      expect(raced.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(after.node.engine.status().size).toBe(size + 1);
    } finally {
      await after.server.stop();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
