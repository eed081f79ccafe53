import { readdirSync } from "node:fs";
import process from "node:process";
import { LevelJournal } from "../level-journal.ts";
import { openLevelStore } from "../level-store.ts";
import { appendUpTo, chunkHash, EVIDENCE } from "./journal-play.ts";

/** Three chunks of this size fill LevelDB's log: it begins another one, and makes a table of the first beside the appends. */
const LARGE_BYTES = 1_400_000;
const TURNS = { small: 8, large: 14 } as const;

/** As many tables as LevelDB has before it makes one of them, beside the appends. */
const TABLES_MAX = 4;
/** Far more than are appended while it does so. */
const APPENDS_MAX = 5_000;

/**
 * A program: opens the journal in a folder so many times, each time with a table more, and prints what was acknowledged, a
 * line for each promise. One that it began itself it leaves when LevelDB has made one table of the many.
 */
async function main(folder: string, openings: number, size: "small" | "large"): Promise<void> {
  const isNew = readdirSync(folder).length === 0;
  for (let opening = 0; opening < openings; opening += 1) {
    const journal = await LevelJournal.over(await openLevelStore(folder), 2);
    say(`open ${journal.size}`);
    for (let turn = 1; turn <= TURNS[size]; turn += 1) {
      const count = 1 + ((turn * 5 + opening) % 9);
      await appendUpTo(journal, journal.size + count, count);
      say(`ack ${journal.size}`);
      if (turn % 3 === 0) await saveSnapshot(journal, size);
      if (turn !== 2) continue;
      await journal.saveEvidence(EVIDENCE, '{"é":1}');
      say("evidence");
    }
    const isLast = isNew && opening === openings - 1;
    for (let at = 0; isLast && at < APPENDS_MAX && tablesIn(folder) >= TABLES_MAX; at += 1) {
      await appendUpTo(journal, journal.size + 1, 1);
      say(`ack ${journal.size}`);
    }
    await journal.close();
  }
}

function tablesIn(folder: string): number {
  return readdirSync(folder).filter((name) => name.endsWith(".ldb")).length;
}

async function saveSnapshot(journal: LevelJournal, size: "small" | "large"): Promise<void> {
  const index = journal.size - 1;
  const chunks = new Map([[chunkHash(index), `chunk of ${index}`]]);
  if (size === "large") chunks.set(chunkHash(1_000_000 + index), largeText(index));
  const hashes = [...chunks.keys()];
  await journal.saveSnapshot({ index, manifest: JSON.stringify({ hashes, index }), chunks });
  say(`snapshot ${index}`);
}

/** Text that cannot be made smaller, so that tables are as large as the log. */
function largeText(seed: number): string {
  let state = seed + 1;
  const codes = Array.from({ length: LARGE_BYTES }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 32 + (state >>> 25) * (95 / 128);
  });
  return codes.map((code) => String.fromCharCode(code)).join("");
}

/** Into the pipe before the next call, so that the trace has it in its place. */
function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

const [folder = "", openings = "1", size] = process.argv.slice(2);
await main(folder, Number(openings), size === "large" ? "large" : "small");
