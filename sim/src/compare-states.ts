import type { Engine, IndexedHead, Replica } from "@swoosh/kernel";
import type { InProcessReducer } from "./in-process-reducer.ts";
import type { Simulation } from "./simulation.ts";

/** Steps from one comparison to the next. */
export const COMPARED_STEPS = 16;

/** Somebody who says what the log gives: the node's engine, or one who follows it. */
export interface Side {
  readonly who: string;
  readonly size: number;
  readonly root: string;
  instances(): Iterable<string>;
  head(instance: string): Pick<IndexedHead, "hash" | "index"> | undefined;
}

/**
 * The reducer beside the node against the whole engine at its size, and against each follower at whatever size that one has
 * come to: the root of the tree, every instance, its hash and the record that made it. What was wrong for a while only, and
 * would be right again at the end, is seen here.
 */
export function compareStates(world: Simulation, step: number): void {
  const { findings, followers, node, reducer } = world;
  const { engine } = node;
  if (engine === undefined || node.isDown) return;
  const expect = (problem: string | null): boolean => {
    findings.expect(problem === null, "states", () => `after step ${step}: ${problem ?? ""}`);
    return problem === null;
  };
  if (!expect(engineProblem(engine, reducer))) return;
  world.mark("states compared");
  if (node.restarts > 0) world.mark("states compared after a restart");
  const { size } = engine.status();
  for (const { name, replica } of followers.replicas()) {
    expect(copyProblem({ name, replica }, { size, reducer }));
    const isBehind = replica.size < size;
    world.mark(`states compared with a copy${isBehind ? " that is behind" : ""}`);
  }
}

function engineProblem(engine: Engine, reducer: InProcessReducer): string | null {
  const { root, size } = engine.checkpoint();
  const problem = reducer.fold(size);
  if (problem !== null) return problem;
  if (size < reducer.size) return `the engine has ${size} records, and had ${reducer.size}`;
  const instances = (): Iterable<string> => engine.instances();
  const head: Side["head"] = (instance) => engine.head(instance);
  return problemOf({ who: "the engine", size, root, instances, head }, reducer);
}

function copyProblem(
  { name, replica }: { readonly name: string; readonly replica: Replica },
  node: { readonly size: number; readonly reducer: InProcessReducer },
): string | null {
  const { size } = replica;
  if (size > node.size) return `${name} has ${size} records, and the node ${node.size}`;
  const instances = (): Iterable<string> => replica.instances();
  const head: Side["head"] = (instance) => replica.head(instance);
  return problemOf({ who: name, size, root: replica.root(), instances, head }, node.reducer);
}

/** The first thing that differs. */
export function problemOf(
  { head, instances, root, size, who }: Side,
  reducer: InProcessReducer,
): string | null {
  const expected = reducer.rootAt(size);
  if (root !== expected)
    return `at ${size} records ${who} has the root ${root}, and the reducer ${expected ?? "none"}`;
  let count = 0;
  for (const instance of instances()) {
    count += 1;
    const [has, should] = [told(head(instance)), told(reducer.headAt(instance, size))];
    if (has !== should)
      return `at ${size} records ${who} has ${instance} with ${has}, and the reducer with ${should}`;
  }
  const most = reducer.instancesAt(size);
  return count === most
    ? null
    : `at ${size} records ${who} has ${count} instances, and the reducer ${most ?? "none"}`;
}

function told(head: { readonly hash: string; readonly index: number } | undefined | null): string {
  return head === undefined || head === null
    ? "nothing"
    : `the hash ${head.hash} of record ${head.index}`;
}
