import { diskWith } from "./disk-with.ts";
import type { Planted } from "./planted.ts";

const SEEDS = 100;

export const FOLLOWER_PLANTINGS: readonly Planted[] = [
  {
    name: "a copy that is not synced",
    what: "a follower's disk never brings what it was given to the platter",
    found: ["followers"],
    seedsMax: SEEDS,
    plant: () => ({ follower: { disk: (inner) => diskWith(inner, { sync: () => {} }) } }),
  },
  {
    name: "a witness that forgets",
    what: "the head that was cosigned is not kept where the next start looks for it",
    found: ["followers"],
    seedsMax: SEEDS,
    plant: () => ({
      follower: {
        disk: (inner) =>
          diskWith(inner, {
            rename: (from, to) => {
              if (to.endsWith("/cosigned-checkpoint")) inner.remove(from);
              else inner.rename(from, to);
            },
          }),
      },
    }),
  },
  {
    name: "a follower that looks at no signature",
    what: "records are taken though nobody signed them",
    found: ["followers"],
    seedsMax: SEEDS,
    plant: () => ({
      follower: { machine: (inner) => ({ ...inner, recordHolds: () => true }) },
    }),
  },
  {
    name: "a follower that believes every head",
    what: "heads are taken though the log's node did not sign them",
    found: ["followers"],
    seedsMax: SEEDS,
    plant: () => ({
      follower: { machine: (inner) => ({ ...inner, noteHolds: () => true }) },
    }),
  },
  {
    name: "a fork is taken for an outage",
    what: "a follower that refuses another log is just started again",
    found: ["followers"],
    seedsMax: SEEDS,
    plant: () => ({ follower: { refuses: () => false } }),
  },
  {
    name: "a copy that reads what was",
    what: "a follower's reader is told the hash that the reader before it was told",
    found: ["followers"],
    seedsMax: SEEDS,
    plant: () => {
      const told = new Map<string, string | undefined>();
      return {
        follower: {
          read: (instance, hash) => {
            const before = told.has(instance) ? told.get(instance) : hash;
            told.set(instance, hash);
            return before;
          },
        },
      };
    },
  },
  {
    name: "bytes that are not the log's",
    what: "the last record of each page reaches followers with a blank behind it",
    found: ["followers"],
    seedsMax: SEEDS,
    plant: () => ({
      follower: {
        feed: (inner) => ({
          ...inner,
          records: async (from, limit) => {
            const texts = await inner.records(from, limit);
            return texts.length === 0 ? texts : [...texts.slice(0, -1), `${texts.at(-1) ?? ""} `];
          },
        }),
      },
    }),
  },
];
