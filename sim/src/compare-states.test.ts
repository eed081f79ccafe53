import { beforeAll, describe, expect, it } from "vitest";
import { createBeginning, type Beginning } from "./beginning.ts";
import { problemOf, type Side } from "./compare-states.ts";
import { InProcessReducer } from "./in-process-reducer.ts";
import { KERNEL_PLANTINGS } from "./plantings/kernel-plantings.ts";
import { runSeed } from "./run-seed.ts";
import { loadSimCharts } from "./sim-charts.ts";
import { JOURNAL_FOLDER } from "./world/life.ts";

/** Of seeds that are searched for one whose engine is right again at the end. */
const SEEDS_MAX = 60;
let beginning: Beginning;
let reducer: InProcessReducer;
beforeAll(async () => {
  beginning = await createBeginning(loadSimCharts());
  reducer = reducerOf(beginning);
  reducer.fold(beginning.records.length);
});

function reducerOf({ disk, kernel, records }: Beginning): InProcessReducer {
  const made = new InProcessReducer(kernel, (hash) =>
    new TextDecoder().decode(disk.durableContents(`${JOURNAL_FOLDER}/evidence/${hash}.json`)),
  );
  made.learn(0, records);
  return made;
}

/** Somebody who has what the reducer has at this size. */
function sideAt(size: number): Side {
  const names = ["node", "operator", "alice", "bob", "payments"].map((name) => `identity/${name}`);
  return {
    who: "somebody",
    size,
    root: reducer.rootAt(size) ?? "",
    instances: () => names.filter((name) => reducer.headAt(name, size) !== null),
    head: (name) => reducer.headAt(name, size) ?? undefined,
  };
}

describe("a comparison of states", () => {
  it("finds nothing where all is equal, at every size", () => {
    for (let size = 1; size <= beginning.records.length; size += 1)
      expect(problemOf(sideAt(size), reducer)).toBeNull();
  });

  it("tells what differs, with both sides", () => {
    const size = beginning.records.length;
    const side = sideAt(size);
    const told = (other: Partial<Side>): string | null => problemOf({ ...side, ...other }, reducer);
    expect(told({ root: "ab" })).toBe(
      `at ${size} records somebody has the root ab, and the reducer ${side.root}`,
    );
    expect(told({ size: size - 1, root: reducer.rootAt(size - 1) ?? "" })).toContain(
      "and the reducer with nothing",
    );
    expect(told({ instances: () => [...side.instances()].slice(1) })).toBe(
      `at ${size} records somebody has 4 instances, and the reducer 5`,
    );
    const bob = side.head("identity/bob");
    const head: Side["head"] = (name) => (name === "identity/alice" ? bob : side.head(name));
    expect(told({ head })).toContain(
      `identity/alice with the hash ${bob?.hash ?? ""} of record ${bob?.index ?? ""}, and the reducer with the hash ${side.head("identity/alice")?.hash ?? ""}`,
    );
  });

  it("takes no other record, and none that was never durable, for one that it has", () => {
    const { records } = beginning;
    const lacking = reducerOf(beginning);
    expect(lacking.fold(records.length + 1)).toBe(
      `record ${records.length} was never seen in a journal`,
    );
    const another = reducerOf(beginning);
    // Before it is folded, a crash may take it back.
    another.learn(2, [records[3] ?? ""]);
    another.learn(2, [records[2] ?? ""]);
    expect(another.fold(3)).toBeNull();
    another.learn(2, [records[3] ?? ""]);
    expect(another.fold(3)).toBe("record 2 is another one than it was");
    const unsound = reducerOf(beginning);
    unsound.learn(3, [(records[3] ?? "").replace('"hlc":"2026', '"hlc":"2027')]);
    expect(unsound.fold(4)).toContain("record 3: ");
  });

  it("sees an engine that goes wrong and is right again before anybody else looks", async () => {
    const planted = KERNEL_PLANTINGS.find(
      ({ name }) => name === "a tree that is wrong for a while",
    );
    expect(planted).toBeDefined();
    for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
      const run = async (comparesNothing: boolean) => {
        const options = { planting: planted?.plant() ?? {}, comparesNothing };
        return (await runSeed(beginning, seed, options)).findings.map(({ check }) => check);
      };
      if ((await run(false))[0] === "states" && (await run(true)).length === 0) return;
    }
    expect.fail("in every seed the judge saw it too, or nobody did");
  });
});
