import type { CompiledChart, TransitionDeclaration } from "../chart/compiled-chart.ts";
import type { ValueHash } from "../hash.ts";
import { assert } from "../invariant.ts";
import type { JsonObject } from "../json/json.ts";
import type { LogRecord } from "../log/record.ts";
import { roleFor } from "../reduce/authority.ts";
import { chartNameOf, idOf, instanceOf } from "../reduce/instance-name.ts";
import type { Kernel } from "../reduce/kernel.ts";
import { replay } from "../reduce/replay.ts";
import { World } from "../reduce/world.ts";

interface Reign {
  /** From this index on, the record with it included. */
  readonly from: number;
  readonly name: string;
  /** null: the key holds nothing any more. */
  readonly context: JsonObject | null;
}

/**
 * Who held which key and which roles at any index of a log. Identities depend on identities alone, so the records that
 * touch them are decided again by themselves, in order; all others are passed over.
 */
export class IdentityHistory {
  readonly #kernel: Kernel;
  readonly #world: World;
  readonly #reigns = new Map<string, Reign[]>();
  readonly #keys = new Map<string, string>();

  constructor(kernel: Kernel, chartByHash: (hash: ValueHash) => CompiledChart | undefined) {
    this.#kernel = kernel;
    this.#world = new World(chartByHash);
  }

  /** Whether `apply` needs a record: those of identities, of their chart, and the first. */
  static concerns(record: { readonly index: number; readonly instance: string }): boolean {
    const { index, instance } = record;
    return index === 0 || instance === "chart/identity" || chartNameOf(instance) === "identity";
  }

  /** Takes in a record that concerns identities, by its bytes. */
  apply(record: LogRecord, text: string): void {
    const { index, prev } = record;
    // The records between are none of an identity's business.
    this.#world.end = { size: index, leaf: prev, at: this.#world.end.at };
    const replayed = replay(this.#kernel, this.#world, text);
    assert(replayed.ok, `K7: record ${index} gives identities as it did`);
    this.#world.apply(replayed.accepted);
    for (const { document } of replayed.accepted.heads) {
      const { context, meta } = document;
      const name = idOf(meta.instance);
      const before = this.#keys.get(name);
      const { key } = context;
      const holds = !meta.ended && typeof key === "string" && key !== "";
      if (before !== undefined && before !== key)
        this.#note(before, { from: index, name, context: null });
      if (typeof key !== "string" || key === "") continue;
      this.#keys.set(name, key);
      this.#note(key, { from: index, name, context: holds ? context : null });
    }
  }

  /** Name of the identity that held a key just before a record. */
  nameBefore(key: string, index: number): string | undefined {
    return this.#reignBefore(key, index)?.name;
  }

  /** The role of `by` that let the signer of a record propose it; undefined: none did, as far as is known here. */
  roleOf(record: LogRecord, declaration: TransitionDeclaration): string | undefined {
    const { signer } = record.proposal;
    const reign = this.#reignBefore(signer, record.index);
    if (reign === undefined || reign.context === null) return undefined;
    const { name, context } = reign;
    return roleFor(declaration, { name, context }, instanceOf(record.proposal));
  }

  #note(key: string, reign: Reign): void {
    const reigns = this.#reigns.get(key) ?? [];
    reigns.push(reign);
    this.#reigns.set(key, reigns);
  }

  #reignBefore(key: string, index: number): Reign | undefined {
    const reign = this.#reigns.get(key)?.findLast(({ from }) => from < index);
    return reign?.context === null ? undefined : reign;
  }
}
