import { createTree, decodeRecord, leafHash, World, type Head, type Verdict } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { createWorld } from "./check-history.ts";
import type { CheckpointOp, ProposeAnswer, ProposeOp, ReadOp } from "./history.ts";
import { keyUse, recompute, type Judge, type KeyUse } from "./recompute.ts";
import { NOW_MS, type SmallBeginning } from "./small-beginning.ts";

/** Everything after so many records. */
interface Stage {
  readonly world: World;
  readonly keys: ReadonlyMap<string, KeyUse>;
  /** The last record of each instance. */
  readonly movedAt: ReadonlyMap<string, number>;
}

/**
 * The sequential object itself, by the real kernel: it does one thing after the other, and remembers how it was after each
 * record, so that liars can ask it about the past.
 */
export class SmallMachine {
  readonly log: string[];
  readonly #judge: Judge;
  /** Beginning with that after `begun` records. */
  readonly #stages: Stage[] = [];
  readonly begun: number;

  constructor({ judge, log }: SmallBeginning) {
    this.#judge = judge;
    this.log = [...log];
    this.begun = log.length;
    const world = createWorld(judge);
    for (const text of log) {
      const replayed = judge.kernel.replay(world, text);
      if (!replayed.ok) throw new Error(`the beginning: ${replayed.field}`);
      world.apply(replayed.accepted);
    }
    this.#stages.push({ world, keys: new Map(), movedAt: new Map() });
  }

  get size(): number {
    return this.log.length;
  }

  get origin(): string {
    return this.#at(this.begun).world.origin;
  }

  /** One that it has, or had. */
  anySize(random: SeededRandom): number {
    return this.begun + random.below(this.size - this.begun + 1);
  }

  head(instance: string, size = this.size): Head | undefined {
    return this.#at(size).world.head(instance);
  }

  read(instance: string, size = this.size): NonNullable<ReadOp["answer"]> {
    const head = this.head(instance, size);
    const index = this.#at(size).movedAt.get(instance);
    return head === undefined || index === undefined ? "absent" : { hash: head.hash, index };
  }

  checkpoint(size = this.size): NonNullable<CheckpointOp["answer"]> {
    const { hasher } = this.#judge.kernel;
    const tree = createTree(hasher);
    for (const text of this.log.slice(0, size)) tree.append(leafHash(hasher, text));
    return { size, root: tree.root() };
  }

  /** What it would say with so many records, and nothing happens. */
  async foresee(
    op: ProposeOp,
    { size = this.size, forgetsKeys = false } = {},
  ): Promise<{ readonly verdict: Verdict; readonly answer: ProposeAnswer }> {
    const { keys, world } = this.#at(size);
    const key = String(JSON.parse(op.request)["idem_key"]);
    const seen = forgetsKeys ? undefined : keys.get(key);
    const verdict = await recompute(this.#judge, world, { op, now: NOW_MS, seen });
    return { verdict, answer: this.#answer(verdict) };
  }

  async propose(op: ProposeOp, { forgetsKeys = false } = {}): Promise<ProposeAnswer> {
    const { answer, verdict } = await this.foresee(op, { forgetsKeys });
    if (verdict.kind !== "accepted") return answer;
    const { keys, movedAt, world } = this.#at(this.size);
    const { index, proposal } = verdict.record;
    const next = copyOf(world);
    next.apply(verdict);
    const [head] = verdict.heads;
    this.#stages.push({
      world: next,
      keys: new Map(keys).set(proposal.idem_key, keyUse(this.#judge.kernel, index, proposal)),
      movedAt: new Map(movedAt).set(head?.document.meta.instance ?? "", index),
    });
    this.log.push(verdict.text);
    return answer;
  }

  /** The last record never was. */
  loseLast(): void {
    if (this.size === this.begun) return;
    this.log.pop();
    this.#stages.pop();
  }

  #at(size: number): Stage {
    const stage = this.#stages[size - this.begun];
    if (stage === undefined) throw new Error(`there never were ${size} records`);
    return stage;
  }

  #answer(verdict: Verdict): ProposeAnswer {
    const { kernel } = this.#judge;
    switch (verdict.kind) {
      case "accepted": {
        const { leaf, record } = verdict;
        const text = kernel.answer(record, leaf);
        return { kind: "accepted", index: record.index, replayed: false, text };
      }
      case "duplicate": {
        const text = this.log[verdict.index] ?? "";
        const decoded = decodeRecord(text);
        if (!decoded.ok) throw new Error(`record ${verdict.index} is no record`);
        const { record } = decoded;
        const told = kernel.answer(record, leafHash(kernel.hasher, text));
        return { kind: "accepted", index: verdict.index, replayed: true, text: told };
      }
      default: {
        const { code, guard, outcomes, reasons } = verdict;
        return { kind: "refused", code, guard, outcomes, reasons };
      }
    }
  }
}

/** A world that goes on by itself. */
function copyOf(world: World): World {
  const { bounds, end, flags, node, origin } = world;
  const charts = [...world.charts()];
  const byHash = (hash: string) => charts.find((chart) => chart.hash === hash);
  return World.restore(byHash, {
    ...{ bounds, end, flags, node, origin },
    charts,
    heads: [...world.heads()],
  });
}
