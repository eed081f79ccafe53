import { createEngine, type Kernel } from "@swoosh/kernel";
import {
  createTestCrypto,
  ManualClock,
  MemoryDisk,
  nodeHasher,
  RecordingTransport,
  SeededRandom,
} from "@swoosh/kernel/testing";
import type { Checker } from "./checker.ts";

/** K7: every snapshot and the records after it give what the whole log gives. How many were looked at. */
export async function checkSnapshots(given: {
  readonly disk: MemoryDisk;
  readonly kernel: Kernel;
  readonly checker: Checker;
}): Promise<number> {
  const { disk, kernel, checker } = given;
  let count = 0;
  for (const snapshot of [null, ...disk.snapshots]) {
    const copy = new MemoryDisk();
    copy.written.push(...disk.records);
    copy.durable = disk.durable;
    for (const [hash, text] of disk.evidence) copy.evidence.set(hash, text);
    for (const [hash, text] of disk.chunks) copy.chunks.set(hash, text);
    if (snapshot !== null) copy.snapshots.push(snapshot);
    const engine = await createEngine(kernel, {
      // Time stands long before the log: nothing becomes due.
      clock: new ManualClock(0),
      journal: copy.open(),
      crypto: createTestCrypto({ hasher: nodeHasher }),
      random: new SeededRandom(0),
      transport: new RecordingTransport(),
    });
    const place = snapshot === null ? "no snapshot" : `the snapshot at ${snapshot.index}`;
    const { leaf } = checker.replica.end;
    const { size } = engine.checkpoint();
    checker.expect(size === disk.durable, `K7: ${place} gives ${size} records after leaf ${leaf}`);
    for (const head of checker.replica.heads()) {
      const { instance } = head.document.meta;
      const found = engine.state.head(instance)?.hash;
      checker.expect(found === head.hash, `K7: ${place} gives another ${instance}`);
    }
    count += 1;
  }
  return count;
}
