import { describeKeyIndexContract } from "@swoosh/kernel/contracts";
import type { Disk } from "./disk.ts";
import type { FileJournal } from "./file-journal.ts";
import { openSmall } from "./test/journal-play.ts";
import { keyedText } from "./test/keyed-log.ts";
import { drawFrom, SimulatedDisk } from "./test/simulated-disk.ts";

/** An index over a journal on any disk. `lose` is called between two writers. */
function indexOver(disk: Disk, segmentBytes: number, lose: (() => void) | null) {
  let journal: FileJournal | null = null;
  const mustBeOpen = (): FileJournal => {
    if (journal === null) throw new Error("open the index first");
    return journal;
  };
  return {
    open: async () => {
      if (lose === null) await journal?.close();
      else lose();
      journal = await openSmall(disk, { segmentBytes });
      return journal.keys();
    },
    append: async (keys: readonly (string | null)[]) => {
      const { size, term } = mustBeOpen();
      const records = keys.map((key, at) => keyedText(size + at, key));
      await mustBeOpen().append({ firstIndex: size, records, term });
    },
    close: async () => {},
  };
}

describeKeyIndexContract("FileKeyIndex with many segments", async () =>
  indexOver(new SimulatedDisk(), 4_096, null),
);

describeKeyIndexContract("FileKeyIndex with one segment", async () =>
  indexOver(new SimulatedDisk(), 262_144, null),
);

describeKeyIndexContract("FileKeyIndex on a disk that forgets", async () => {
  const disk = new SimulatedDisk();
  const draw = drawFrom(11);
  return indexOver(disk, 4_096, () => disk.losePower(draw));
});
