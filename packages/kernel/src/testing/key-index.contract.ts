import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOfKey, type KeyDigest } from "../engine/key-digest.ts";
import type { KeyIndex } from "../engine/ports.ts";
import { nodeHasher } from "./node-hasher.ts";

/** What the suite needs to know of an implementation: one journal with an index, opened as often as asked. */
export interface KeyIndexUnderTest {
  /** The index as after a start, after whatever happened. */
  open(): Promise<KeyIndex>;
  /**
   * Makes records with these keys durable in the journal, null for the engine's own. They are added to no index: that is
   * the engine's work, and the suite's.
   */
  append(keys: readonly (string | null)[]): Promise<void>;
  close(): Promise<void>;
}

function digestOf(key: string): KeyDigest {
  const digest = digestOfKey(nodeHasher, key);
  if (digest === null) throw new Error(`${key} is a key of the engine`);
  return digest;
}

/** A journal with its index, and a plain map beside them. */
class Pair {
  readonly #under: KeyIndexUnderTest;
  readonly #keys: (string | null)[] = [];
  index: KeyIndex;

  constructor(under: KeyIndexUnderTest, index: KeyIndex) {
    this.#under = under;
    this.index = index;
  }

  async append(keys: readonly (string | null)[]): Promise<void> {
    await this.#under.append(keys);
    this.#keys.push(...keys);
    this.catchUp();
  }

  /** Gives what is wrong right after the restart, and after the engine has caught up. */
  async reopen(): Promise<string | undefined> {
    this.index = await this.#under.open();
    if (this.index.size > this.#keys.length)
      return `${this.index.size} records of ${this.#keys.length}`;
    const before = this.problem();
    this.catchUp();
    return before ?? this.problem();
  }

  /** As recovery does. */
  catchUp(): void {
    while (this.index.size < this.#keys.length) {
      const key = this.#keys[this.index.size] ?? null;
      this.index.add(key === null ? null : digestOf(key));
    }
  }

  /** Where the index says something else than it was told; undefined where it does nowhere. */
  problem(): string | undefined {
    for (const [at, key] of this.#keys.entries()) {
      if (key === null) continue;
      const found = at < this.index.size ? this.index.find(digestOf(key)) : at;
      if (found !== at) return `${key} leads to ${String(found)}, not to ${at}`;
      const other = this.index.find(digestOf(`${key} not`));
      if (other !== undefined) return `a key that was never there leads to ${other}`;
    }
    return undefined;
  }
}

function keysFrom(from: number, to: number): readonly (string | null)[] {
  return Array.from({ length: to - from }, (_, at) =>
    (from + at) % 11 === 0 ? null : `suite:${from + at}:é:1`,
  );
}

/** The contract of `KeyIndex` (`engine/ports.ts`), for any implementation. */
export function describeKeyIndexContract(
  name: string,
  create: () => Promise<KeyIndexUnderTest>,
): void {
  describe(`${name} keeps the contract of KeyIndex`, () => {
    const use = async (test: (pair: Pair) => Promise<void>) => {
      const under = await create();
      try {
        await test(new Pair(under, await under.open()));
      } finally {
        await under.close();
      }
    };

    it("is empty at first", () =>
      use(async ({ index }) => {
        expect(index.size).toBe(0);
        expect(index.find(digestOf("suite:1:a:1"))).toBeUndefined();
      }));

    it("finds what was added and nothing else, whatever is added after it", () =>
      use(async (pair) => {
        for (let from = 0; from < 400; from += 40) {
          await pair.append(keysFrom(from, from + 40));
          expect(pair.index.size).toBe(from + 40);
        }
        expect(pair.problem()).toBeUndefined();
      }));

    it("finds the same after a restart, and takes more", () =>
      use(async (pair) => {
        await pair.append(keysFrom(0, 150));
        expect(await pair.reopen()).toBeUndefined();
        await pair.append(keysFrom(150, 300));
        expect(await pair.reopen()).toBeUndefined();
        expect(pair.index.size).toBe(300);
      }));

    it("K6: refuses a key that it has", () =>
      use(async (pair) => {
        await pair.append(["suite:1:a:1", "suite:1:a:2"]);
        expect(() => pair.index.add(digestOf("suite:1:a:1"))).toThrow("K6");
      }));

    it("says the same as a map, in any order of appending and restarting", async () => {
      const step = fc.oneof(
        { arbitrary: fc.constant("restart" as const), weight: 1 },
        { arbitrary: fc.integer({ min: 1, max: 60 }), weight: 4 },
      );
      const play = async (pair: Pair, steps: readonly (number | "restart")[]) => {
        for (const next of steps) {
          if (next !== "restart") {
            await pair.append(keysFrom(pair.index.size, pair.index.size + next));
            continue;
          }
          const problem = await pair.reopen();
          if (problem !== undefined) return problem;
        }
        return pair.problem();
      };
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), (steps) =>
          use(async (pair) => expect(await play(pair, steps)).toBeUndefined()),
        ),
        { numRuns: 15 },
      );
    });
  });
}
