import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ABSENT_HASH, type ValueHash } from "../hash.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { batchOrder } from "./batch-order.ts";

const OTHER: ValueHash = `sha256-${"1".repeat(64)}`;

interface Named {
  readonly name: string;
  readonly instance?: string;
  readonly head?: ValueHash;
  readonly hlc?: string;
  readonly signer?: string;
  readonly key?: string;
}

function item(given: Named) {
  return {
    name: given.name,
    signed: {
      proposal: {
        current_state_hash: given.head ?? ABSENT_HASH,
        hlc: given.hlc ?? "2026-01-01T00:00:00.000+00:00#0",
        idem_key: given.key ?? "k",
        inputs_hash: ABSENT_HASH,
        ...(given.instance === undefined ? {} : { instance: given.instance }),
        origin: "o",
        signer: given.signer ?? "s",
        transition: "T",
      },
      bodyText: "",
      inputs: {},
      signature: "",
    },
  };
}

function namesOf(...items: readonly Named[]): string {
  return batchOrder(nodeHasher, items.map(item))
    .map(({ name }) => name)
    .join("");
}

describe("the order of a batch", () => {
  it("is arrival where no head is named twice", () => {
    expect(
      namesOf(
        { name: "a", instance: "x/2", key: "z" },
        { name: "b", instance: "x/1", key: "a" },
        { name: "c", instance: "x/1", head: OTHER, key: "0" },
      ),
    ).toBe("abc");
  });

  it("is by hlc, then signer, then key among those that name one head, in the places that they had", () => {
    const x = { instance: "x/1" };
    expect(
      namesOf(
        { ...x, name: "d", hlc: "2026-01-01T00:00:00.001+00:00#0", signer: "a", key: "a" },
        { name: "-", instance: "y/1" },
        { ...x, name: "c", signer: "b", key: "a" },
        { ...x, name: "b", signer: "a", key: "b" },
        { name: "+", instance: "z/1" },
        { ...x, name: "a", signer: "a", key: "a" },
      ),
    ).toBe("a-bc+d");
  });

  it("takes a missing instance for project/default", () => {
    expect(
      namesOf({ name: "b", key: "b" }, { name: "a", key: "a", instance: "project/default" }),
    ).toBe("ab");
  });

  it("compares bytes, of the clock's normal form", () => {
    const hlc = (counter: string) => `2026-01-01T00:00:00.000+00:00#${counter}`;
    // Padding does not count; and bytes, not numbers, decide: "10" stands before "9".
    expect(namesOf({ name: "b", hlc: hlc("9") }, { name: "a", hlc: hlc("0010") })).toBe("ab");
    // U+FF5E is three bytes from EF on, U+1F600 four from F0 on; their UTF-16 units stand the other way round.
    expect(namesOf({ name: "b", key: "\u{1f600}" }, { name: "a", key: "\uff5e" })).toBe("ab");
    expect(namesOf({ name: "b", key: "kk" }, { name: "a", key: "k" })).toBe("ab");
  });

  it("does not depend on who arrived first", () => {
    const key = fc.record({ signer: fc.constantFrom("a", "b"), key: fc.string() });
    fc.assert(
      fc.property(fc.uniqueArray(key, { selector: (k) => `${k.signer} ${k.key}` }), (keys) => {
        const items = keys.map((k, n) => item({ name: `${n}`, instance: "x/1", ...k }));
        const forward = batchOrder(nodeHasher, items).map(({ name }) => name);
        const backward = batchOrder(nodeHasher, items.toReversed()).map(({ name }) => name);
        expect(backward).toEqual(forward);
      }),
    );
  });
});
