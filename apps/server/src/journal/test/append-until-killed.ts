import process from "node:process";
import { JournalLocked } from "../journal-locked.ts";
import { LevelJournal } from "../level-journal.ts";
import { openLevelStore } from "../level-store.ts";
import { nodeDisk } from "../node-disk.ts";
import { appendUpTo, chunkHash, openSmall } from "./journal-play.ts";

/** A program: appends to the journal in a folder for ever, and prints what was acknowledged, a line for each batch. */
async function main(folder: string, kind: string): Promise<void> {
  const journal =
    kind === "level"
      ? await LevelJournal.over(await openLevelStore(folder), 2)
      : await openSmall(nodeDisk, { folder, segmentBytes: 16_384 });
  await say(`open ${journal.size}`);
  for (let turn = 1; ; turn += 1) {
    const count = 1 + (turn % 12);
    await appendUpTo(journal, journal.size + count, count);
    await say(`ack ${journal.size}`);
    if (turn % 20 !== 0) continue;
    const index = journal.size - 1;
    const chunks = new Map([[chunkHash(index), `chunk of ${index}`]]);
    await journal.saveSnapshot({
      index,
      manifest: `{"${chunkHash(index)}":1,"index":${index}}`,
      chunks,
    });
    await say(`snapshot ${index}`);
  }
}

/** Until it is out: the next batch is appended after it. Whoever reads may be slow, and the pipe full for a while. */
function say(words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${words}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

try {
  await main(process.argv[2] ?? "", process.argv[3] ?? "file");
} catch (error) {
  if (!(error instanceof JournalLocked)) throw error;
  await say(`locked ${error.pid}`);
}
