import type { DecisionRecord } from "@swoosh/protocol";
import { expect, it } from "vitest";
import { linkDecision } from "./link-decisions.ts";

const leaf = (index: number): string => index.toString(16).padStart(64, "0");

function decision(index: number, more: object = {}): DecisionRecord {
  return {
    index,
    id: `bubble://dr/sha256-${leaf(index)}`,
    instance: "a/b",
    derived_from: [],
    evidence: [],
    influenced_by: [],
    reads: [],
    state_post_hash: `sha256-${leaf(index + 100)}`,
    ...more,
  } as unknown as DecisionRecord;
}

const after = (index: number) => ({ derived_from: [leaf(index)] });
const LOG = [
  decision(0, { evidence: ["e"] }),
  decision(1, after(0)),
  decision(2, {
    ...after(1),
    instance: "c/d",
    evidence: ["e"],
    influenced_by: ["e"],
    reads: [{ instance: "a/b", hash: `sha256-${leaf(101)}` }],
  }),
  decision(3, after(1)),
  decision(4, after(3)),
];

async function* log(): AsyncGenerator<DecisionRecord> {
  yield* LOG;
}

async function linked(wanted: string) {
  const found = await linkDecision(log(), wanted);
  const told = (links: NonNullable<typeof found>["ledTo"]) =>
    links.map(({ decision: { index }, edges }) => [index, edges.join(" ")]);
  return found && { from: told(found.followsFrom), to: told(found.ledTo) };
}

it("links a decision with what it follows from, and with what came of it", async () => {
  expect(await linked("0")).toEqual({
    from: [],
    to: [
      [1, "derived-from"],
      [2, "influenced-by"],
    ],
  });
  expect(await linked("2")).toEqual({
    from: [
      [1, "derived-from depends-on"],
      [0, "influenced-by"],
    ],
    to: [],
  });
  expect(await linked(`bubble://dr/sha256-${leaf(3)}`)).toEqual(await linked(`sha256-${leaf(3)}`));
  expect(await linked("5")).toBeUndefined();
});

it("has every link twice: where it begins, and where it ends", async () => {
  const all = await Promise.all(LOG.map(({ index }) => linked(String(index))));
  const pairs = (side: "from" | "to") =>
    all.flatMap((one, index) =>
      (one?.[side] ?? []).map(([other, edges]) =>
        side === "from" ? `${other} ${index} ${edges}` : `${index} ${other} ${edges}`,
      ),
    );
  expect(pairs("from").toSorted()).toEqual(pairs("to").toSorted());
  expect(pairs("to")).toHaveLength(5);
});
