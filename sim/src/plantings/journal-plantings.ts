import type { JournalBatch } from "@swoosh/kernel";
import type { Planted } from "./planted.ts";
import { journalWith } from "./journal-with.ts";

const SEEDS = 40;

export const JOURNAL_PLANTINGS: readonly Planted[] = [
  {
    name: "acknowledges before it writes",
    what: "append resolves at once, and writes at the next append",
    found: ["durability", "chain", "exactly once", "real time"],
    seedsMax: SEEDS,
    plant: () => ({
      journal: (inner) => {
        const late: JournalBatch[] = [];
        let size = inner.size;
        return journalWith(inner, {
          get size() {
            return size;
          },
          append: async (batch) => {
            for (const before of late.splice(0)) await inner.append(before);
            late.push(batch);
            size += batch.records.length;
          },
        });
      },
    }),
  },
  {
    name: "takes a failed sync for a full disk",
    what: "a failed append may be tried again, as if nothing had happened",
    found: ["chain", "durability", "unknowns", "exactly once"],
    seedsMax: 200,
    plant: () => ({
      journal: (inner) =>
        journalWith(inner, {
          append: async (batch) => {
            try {
              await inner.append(batch);
            } catch {
              // What cannot be is called done.
            }
          },
        }),
    }),
  },
  {
    name: "calls a full disk done",
    what: "a batch without room is acknowledged",
    found: ["chain", "durability"],
    seedsMax: SEEDS,
    plant: () => ({
      journal: (inner) => {
        let lost = 0;
        return journalWith(inner, {
          get size() {
            return inner.size + lost;
          },
          append: async (batch) => {
            try {
              await inner.append(batch);
            } catch (error) {
              if (!(error instanceof Error && "code" in error && error.code === "full"))
                throw error;
              lost += batch.records.length;
            }
          },
        });
      },
    }),
  },
  {
    name: "loses the last of a batch",
    what: "a batch of several is written without its last record",
    found: ["chain", "durability"],
    seedsMax: SEEDS,
    plant: () => ({
      journal: (inner) => {
        let lost = 0;
        return journalWith(inner, {
          get size() {
            return inner.size + lost;
          },
          append: async (batch) => {
            const { records } = batch;
            if (records.length < 2) return inner.append(batch);
            await inner.append({ ...batch, records: records.slice(0, -1) });
            lost += 1;
          },
        });
      },
    }),
  },
  {
    name: "reads the one before",
    what: "the journal gives the record before the one that was asked for",
    found: ["chain", "streams", "exactly once", "refusals", "durability", "states"],
    seedsMax: SEEDS,
    plant: () => ({
      journal: (inner) =>
        journalWith(inner, {
          read: (from, limit) => inner.read(from > 9 ? from - 1 : from, limit),
        }),
    }),
  },
  {
    name: "skips a record in pages",
    what: "a page of several records lacks its second",
    found: ["chain", "streams", "durability", "exactly once", "states"],
    seedsMax: SEEDS,
    plant: () => ({
      journal: (inner) =>
        journalWith(inner, {
          read: async (from, limit) =>
            (await inner.read(from, limit)).filter((_, place) => place !== 1 || from < 8),
        }),
    }),
  },
  {
    name: "records of yesterday",
    what: "the journal gives records as they stood when they were first read",
    found: ["chain", "streams", "durability", "exactly once", "refusals", "states"],
    seedsMax: SEEDS,
    plant: () => ({
      journal: (inner) => {
        const seen = new Map<number, readonly string[]>();
        return journalWith(inner, {
          read: async (from, limit) => {
            const texts = seen.get(limit) ?? (await inner.read(from, limit));
            seen.set(limit, texts);
            return texts;
          },
        });
      },
    }),
  },
  {
    name: "writes beyond its term",
    what: "a writer that was replaced is told nothing of it",
    found: ["chain", "durability", "unknowns", "exactly once", "real time"],
    seedsMax: 200,
    plant: () => ({
      journal: (inner) => {
        let own = 0;
        return journalWith(inner, {
          get size() {
            return inner.size + own;
          },
          append: async (batch) => {
            try {
              await inner.append(batch);
            } catch (error) {
              if (!(error instanceof Error && "code" in error && error.code === "term"))
                throw error;
              own += batch.records.length;
            }
          },
        });
      },
    }),
  },
];
