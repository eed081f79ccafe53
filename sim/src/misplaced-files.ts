import type { SeededRandom } from "@swoosh/kernel/testing";
import type { FormerFile, SimulatedDisk } from "@swoosh/server/journal-testing";
import type { OtherDisks } from "./beginning.ts";
import { replaced, segments, superblocks, type Damage } from "./damage.ts";
import { JOURNAL_FOLDER } from "./world/life.ts";

/** Sound files in the wrong place, and folders that are empty. */
export const MISPLACED_KINDS = [
  "another log's segment",
  "another log's snapshot",
  "another log's superblock",
  "another node's segment",
  "another node's snapshot",
  "another node's superblock",
  "journal wiped",
  "log wiped",
  "segments swapped",
  "snapshots swapped",
  "snapshots wiped",
  "superblocks swapped",
  "superblocks wiped",
] as const;
type MisplacedKind = (typeof MISPLACED_KINDS)[number];

const SNAPSHOTS = `${JOURNAL_FOLDER}/snapshots`;
/** What an engine says that has nothing to go on from, and was not told to begin something. */
const EMPTY = "the journal is empty";

/**
 * Puts a file where another one belongs, or empties a folder. What the log and its superblocks are misses nothing: no start may
 * go well. Snapshots are copies, and every start goes well without them. Undefined where nothing of the kind is there.
 */
export function misplace(
  disk: SimulatedDisk,
  random: SeededRandom,
  others: OtherDisks,
): Damage | undefined {
  const kind = random.pick(MISPLACED_KINDS) ?? "journal wiped";
  switch (kind) {
    case "segments swapped":
      return swap(disk, kind, random.shuffle(segments(disk)));
    case "snapshots swapped":
      return harmless(swap(disk, kind, random.shuffle(disk.paths(SNAPSHOTS))));
    case "superblocks swapped":
      return swap(disk, kind, superblocks(disk));
    case "journal wiped":
      return { ...wipe(disk, kind, filesBelow(disk)), refusedFor: [EMPTY] };
    case "log wiped":
      return wipe(disk, kind, disk.paths(`${JOURNAL_FOLDER}/log`));
    case "snapshots wiped":
      return harmless(wipe(disk, kind, disk.paths(SNAPSHOTS)));
    case "another log's snapshot":
    case "another node's snapshot":
      return harmless(foreign(disk, random, { kind, others }));
    case "superblocks wiped":
      // Where there is one segment alone, it was begun before there was a superblock.
      if (segments(disk).length < 2) return undefined;
      return { ...wipe(disk, kind, superblocks(disk)), refusedFor: ["superblocks are missing"] };
    default:
      return foreign(disk, random, { kind, others });
  }
}

function harmless(done: Damage | undefined): Damage | undefined {
  return done === undefined ? undefined : { ...done, refusedFor: [] };
}

function swap(
  disk: SimulatedDisk,
  kind: MisplacedKind,
  [one, other]: readonly string[],
): Damage | undefined {
  if (one === undefined || other === undefined) return undefined;
  const former = [one, other].map((path) => ({ path, bytes: disk.durableContents(path) }));
  disk.replace(one, former[1]?.bytes);
  disk.replace(other, former[0]?.bytes);
  const what = `${one} and ${other} are swapped`;
  return { kind, what, refusedFor: [one, other], ...replaced(former, disk) };
}

/** A file of the same name from a disk that is not the node's. */
function foreign(
  disk: SimulatedDisk,
  random: SeededRandom,
  about: {
    readonly kind: Extract<MisplacedKind, `another ${string}`>;
    readonly others: OtherDisks;
  },
): Damage | undefined {
  const { kind, others } = about;
  const from = kind.startsWith("another log") ? others.log : others.node;
  const [path, bytes] = pickForeign(disk, random, { kind, from });
  if (path === undefined || bytes === undefined) return undefined;
  const former = disk.replace(path, bytes);
  // The first segment says which log it is: then it is the superblocks that are foreign.
  return {
    kind,
    what: `${path} is ${kind}`,
    refusedFor: [path, ...superblocks(disk)],
    ...replaced([former], disk),
  };
}

function pickForeign(
  disk: SimulatedDisk,
  random: SeededRandom,
  { kind, from }: { readonly kind: MisplacedKind; readonly from: SimulatedDisk },
): readonly [path: string | undefined, bytes: Uint8Array | undefined] {
  if (kind.endsWith("snapshot"))
    return [disk.paths(SNAPSHOTS).at(-1), from.durableContents(from.paths(SNAPSHOTS).at(-1) ?? "")];
  const own = kind.endsWith("superblock") ? superblocks(disk) : segments(disk);
  const path = random.pick(own.filter((one) => from.durableContents(one) !== undefined));
  return [path, path === undefined ? undefined : from.durableContents(path)];
}

function wipe(disk: SimulatedDisk, kind: MisplacedKind, paths: readonly string[]): Damage {
  const former: FormerFile[] = paths.map((path) => disk.replace(path, undefined));
  const put = replaced(former, disk);
  return {
    kind,
    what: `${kind}: ${paths.length} files are gone`,
    refusedFor: [`${JOURNAL_FOLDER}/log/`],
    lasts: false,
    undo: () => {
      // What a start that was refused has left there is not of the copy.
      if (kind === "journal wiped")
        for (const path of filesBelow(disk)) disk.replace(path, undefined);
      put.undo();
    },
  };
}

function filesBelow(disk: SimulatedDisk): readonly string[] {
  const folders = ["", "/chunks", "/evidence", "/log", "/snapshots"];
  return folders.flatMap((folder) => disk.paths(`${JOURNAL_FOLDER}${folder}`));
}
