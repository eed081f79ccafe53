import type { Planted } from "./planted.ts";
import { believingDisk } from "./believing-disk.ts";
import { diskWith } from "./disk-with.ts";

const SEEDS = 40;

export const DISK_PLANTINGS: readonly Planted[] = [
  {
    name: "sync does nothing",
    what: "what was written is never brought to the platter",
    found: ["durability", "chain", "unknowns", "exactly once"],
    seedsMax: SEEDS,
    plant: () => ({ disk: (inner) => diskWith(inner, { sync: () => {} }) }),
  },
  {
    name: "names are not synced",
    what: "a new segment's name may be lost with the power",
    found: ["durability", "chain", "unknowns", "exactly once"],
    seedsMax: 100,
    plant: () => ({ disk: (inner) => diskWith(inner, { syncFolder: () => {} }) }),
  },
  {
    name: "a failed sync is hidden",
    what: "every tenth sync drops the pages and says nothing",
    found: ["durability", "chain", "unknowns", "exactly once", "real time"],
    seedsMax: 100,
    plant: () => {
      let count = 0;
      return {
        disk: (inner) =>
          diskWith(inner, {
            sync: (file) => {
              count += 1;
              if (count % 10 !== 0) inner.sync(file);
            },
          }),
      };
    },
  },
  {
    name: "the last byte is lost",
    what: "a write of a whole batch says that it wrote one byte more than it did",
    found: ["durability", "chain"],
    seedsMax: SEEDS,
    plant: () => ({
      disk: (inner) =>
        diskWith(inner, {
          write: (file, bytes, offset) => {
            const isBatch = bytes.length > 600 && bytes.length < 4_000;
            if (!isBatch) return inner.write(file, bytes, offset);
            inner.write(file, bytes.subarray(0, -2), offset);
            return bytes.length;
          },
        }),
    }),
  },
  {
    name: "writes go astray",
    what: "every eighth batch is written 512 bytes too far",
    found: ["durability", "chain"],
    seedsMax: SEEDS,
    plant: () => {
      let count = 0;
      return {
        disk: (inner) =>
          diskWith(inner, {
            write: (file, bytes, offset) => {
              const isBatch = bytes.length > 600 && bytes.length < 4_000 && offset > 0;
              count += isBatch ? 1 : 0;
              return inner.write(file, bytes, isBatch && count % 8 === 0 ? offset + 512 : offset);
            },
          }),
      };
    },
  },
  {
    name: "bits flip in reads",
    what: "every ninetieth read of records gives a byte that is not on the platter",
    found: ["durability", "chain"],
    seedsMax: SEEDS,
    plant: () => {
      let count = 0;
      return {
        disk: (inner) =>
          diskWith(inner, {
            read: (file, into, offset) => {
              const read = inner.read(file, into, offset);
              count += 1;
              if (count % 90 === 0 && read > 200) into[150] = (into[150] ?? 0) ^ 1;
              return read;
            },
          }),
      };
    },
  },
  {
    name: "old bytes are served",
    what: "an overwritten place is read as it was before",
    found: ["durability", "chain", "exactly once"],
    seedsMax: SEEDS,
    plant: () => {
      let isOn = 0;
      return {
        disk: (inner) =>
          diskWith(inner, {
            write: (file, bytes, offset) => {
              isOn += 1;
              // A write that never arrives, but is acknowledged and synced.
              if (isOn % 12 === 0 && offset > 0) return bytes.length;
              return inner.write(file, bytes, offset);
            },
          }),
      };
    },
  },
  {
    name: "superblocks of others are believed",
    what: "a superblock is read as if it were of this log and this slot, whatever it says",
    found: ["durability"],
    seedsMax: SEEDS,
    plant: () => ({ disk: believingDisk }),
  },
  {
    name: "an empty folder begins a log",
    what: "a node that has its keys and finds no journal begins another log",
    found: ["durability"],
    seedsMax: 100,
    plant: () => ({ beginsAnew: true }),
  },
];
