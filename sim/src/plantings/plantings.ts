import { DISK_PLANTINGS } from "./disk-plantings.ts";
import { EDGE_PLANTINGS } from "./edge-plantings.ts";
import { FOLLOWER_PLANTINGS } from "./follower-plantings.ts";
import { JOURNAL_PLANTINGS } from "./journal-plantings.ts";
import { KERNEL_PLANTINGS } from "./kernel-plantings.ts";
import type { Planted } from "./planted.ts";

/** Every bug that the simulator must find, by where it is planted. */
export const PLANTINGS: readonly Planted[] = [
  ...KERNEL_PLANTINGS,
  ...JOURNAL_PLANTINGS,
  ...DISK_PLANTINGS,
  ...EDGE_PLANTINGS,
  ...FOLLOWER_PLANTINGS,
];
