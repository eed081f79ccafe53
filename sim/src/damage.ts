import { decodeSuperblock } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import type { FormerFile, SimulatedDisk } from "@swoosh/server/journal-testing";
import { JOURNAL_FOLDER } from "./world/life.ts";

export const DAMAGE_KINDS = [
  "chunk flipped",
  "log cut short",
  "log flipped",
  "log lost",
  "snapshot flipped",
  "superblock flipped",
] as const;
type DamageKind = (typeof DAMAGE_KINDS)[number];

/** What happened to a file while nobody looked. */
export interface Damage {
  /** For marks: what must happen, and not only something of it. */
  readonly kind: string;
  readonly what: string;
  /** May no start go well with it? Then it is refused, and one of these is named as what is wrong. */
  readonly refusedFor: readonly string[];
  /** Is it still there, and to be taken back, however much was written since? */
  readonly lasts: boolean;
  /** Takes it back, as from a copy. Where it does not last: only as long as nothing was written since. */
  undo(): void;
}

/** A bit that flipped, a file that was cut short or is gone. Undefined where there is nothing to damage. */
export function damage(disk: SimulatedDisk, random: SeededRandom): Damage | undefined {
  const kind = random.pick(["flip in log", "flip elsewhere", "cut short", "lost"] as const);
  switch (kind) {
    case "flip in log":
      return flip(disk, random, segments(disk));
    case "flip elsewhere":
      return flip(disk, random, [
        ...disk.paths(`${JOURNAL_FOLDER}/chunks`),
        ...disk.paths(`${JOURNAL_FOLDER}/snapshots`),
        ...superblocks(disk),
      ]);
    case "cut short": {
      const path = random.pick(segments(disk));
      const bytes = path === undefined ? undefined : disk.durableContents(path);
      if (path === undefined || bytes === undefined || bytes.length === 0) return undefined;
      const length = random.below(bytes.length);
      return {
        ...MAY_BE_REFUSED,
        kind: "log cut short",
        what: `${path} is cut to ${length} bytes`,
        ...replaced([disk.replace(path, bytes.subarray(0, length))], disk),
      };
    }
    default: {
      const path = random.pick(
        segments(disk).filter((one, at, all) => isMissed(disk, one, all.at(at + 1))),
      );
      if (path === undefined) return undefined;
      return {
        ...MAY_BE_REFUSED,
        kind: "log lost",
        what: `${path} is lost`,
        ...replaced([disk.replace(path, undefined)], disk),
      };
    }
  }
}

const MAY_BE_REFUSED: Pick<Damage, "refusedFor"> = { refusedFor: [] };

/** Which of old files were put in the place of new ones. */
export const OLD_KINDS = ["no newest snapshot", "superblock"] as const;
interface PutBack {
  readonly kind: (typeof OLD_KINDS)[number] | "nothing";
  readonly what: string;
}

/** Copies of files as they were some time ago. */
export class OldFiles {
  readonly #copies = new Map<string, Uint8Array>();

  keep(disk: SimulatedDisk): void {
    for (const path of superblocks(disk)) {
      const bytes = disk.durableContents(path);
      if (bytes !== undefined) this.#copies.set(path, bytes);
    }
  }

  /** A superblock as it was once, or a state without its newest snapshot: neither may change anything that can be seen. */
  putBack(disk: SimulatedDisk, random: SeededRandom): PutBack {
    const newest = disk.paths(`${JOURNAL_FOLDER}/snapshots`).at(-1);
    if (newest !== undefined && random.chance(50)) {
      disk.replace(newest, undefined);
      const what = `${newest} is gone: an older snapshot must do`;
      return { kind: "no newest snapshot", what };
    }
    const path = random.pick([...this.#copies.keys()]);
    const bytes = path === undefined ? undefined : this.#copies.get(path);
    if (path === undefined || bytes === undefined)
      return { kind: "nothing", what: "nothing old to put back" };
    disk.replace(path, bytes);
    return { kind: "superblock", what: `${path} is as it was once` };
  }
}

/**
 * Would anybody miss this segment? The last one only where the newest superblock that can be read names it: before the
 * first batch, and where both were damaged or put back, none does.
 */
function isMissed(disk: SimulatedDisk, path: string, next: string | undefined): boolean {
  if (next !== undefined) return true;
  const [newest] = [0, 1]
    .flatMap((slot) => {
      const bytes = disk.durableContents(`${JOURNAL_FOLDER}/superblock-${slot}`);
      const decoded = bytes === undefined ? undefined : decodeSuperblock(bytes, slot);
      return decoded?.ok === true ? [decoded.superblock] : [];
    })
    .toSorted((one, other) => other.generation - one.generation);
  const named = newest?.segment ?? null;
  return named !== null && path.endsWith(`/${String(named).padStart(16, "0")}.wal`);
}

function flip(
  disk: SimulatedDisk,
  random: SeededRandom,
  paths: readonly string[],
): Damage | undefined {
  const path = random.pick(paths);
  const bytes = path === undefined ? undefined : disk.durableContents(path);
  if (path === undefined || bytes === undefined || bytes.length === 0) return undefined;
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const at = random.below(Math.max(1, end));
  const bit = 1 << random.below(8);
  const sound = bytes[at] ?? 0;
  const put = (from: number, to: number): void => {
    const now = disk.durableContents(path);
    if (now?.[at] !== from) return;
    now[at] = to;
    disk.replace(path, now);
  };
  put(sound, sound ^ bit);
  // The end of the last segment may be cut and written anew.
  const lasts = segments(disk).slice(0, -1).includes(path);
  return {
    ...MAY_BE_REFUSED,
    kind: flippedKind(path),
    what: `a bit of ${path} flips at ${at}`,
    lasts,
    undo: () => put(sound ^ bit, sound),
  };
}

function flippedKind(path: string): DamageKind {
  if (path.includes("/superblock-")) return "superblock flipped";
  if (path.includes("/chunks/")) return "chunk flipped";
  return path.includes("/snapshots/") ? "snapshot flipped" : "log flipped";
}

export function replaced(
  former: readonly FormerFile[],
  disk: SimulatedDisk,
): Pick<Damage, "lasts" | "undo"> {
  return {
    lasts: false,
    undo: () => {
      for (const { path, bytes } of former) disk.replace(path, bytes);
    },
  };
}

export function superblocks(disk: SimulatedDisk): readonly string[] {
  return disk.paths(JOURNAL_FOLDER).filter((path) => path.includes("superblock"));
}
export function segments(disk: SimulatedDisk): readonly string[] {
  return disk.paths(`${JOURNAL_FOLDER}/log`).filter((path) => path.endsWith(".wal"));
}
