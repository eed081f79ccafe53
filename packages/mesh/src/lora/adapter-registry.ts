import type { Hasher, ValueHash } from "@swoosh/kernel/values";
import type { PatternClass } from "../patterns/pattern-class.ts";
import { adapterHash, type Adapter } from "./adapter.ts";

/** A retired adapter keeps its name and starts no pulse. */
export type AdapterState = "active" | "retired";

/** Why a registry says no. */
export type RegistryRefusal =
  | { readonly code: "unknown_adapter"; readonly message: string }
  | { readonly code: "retired_adapter"; readonly message: string }
  | { readonly code: "mismatched_adapter"; readonly message: string };

/**
 * Adapters by the hash of their content: the same one is there once, whoever registers it how often. A retired one stays,
 * so that what it did can be replayed, but starts no pulse.
 */
export class AdapterRegistry {
  readonly #hasher: Hasher;
  readonly #adapters = new Map<ValueHash, { readonly adapter: Adapter; state: AdapterState }>();

  /** An empty registry; `hasher` gives the hashes that adapters are named by. */
  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  get size(): number {
    return this.#adapters.size;
  }

  /** Takes `adapter`, active, and gives its name, `adapterHash`. One that is there already stays as it is, retired or not. */
  register(adapter: Adapter): ValueHash {
    const id = adapterHash(adapter, this.#hasher);
    if (!this.#adapters.has(id)) this.#adapters.set(id, { adapter, state: "active" });
    return id;
  }

  /** The adapter `id` starts no pulse any more; false where there is none of this name. */
  retire(id: ValueHash): boolean {
    const found = this.#adapters.get(id);
    if (found === undefined) return false;
    found.state = "retired";
    return true;
  }

  /** The adapter `id` may start pulses again; false where there is none of this name. */
  activate(id: ValueHash): boolean {
    const found = this.#adapters.get(id);
    if (found === undefined) return false;
    found.state = "active";
    return true;
  }

  /** The adapter `id`, whatever its state: for replays. Undefined where there is none of this name. */
  get(id: ValueHash): Adapter | undefined {
    return this.#adapters.get(id)?.adapter;
  }

  /** Names of the active adapters for `className`, in the order of their registration. */
  forClass(className: PatternClass): readonly ValueHash[] {
    return [...this.#adapters]
      .filter(([, { adapter, state }]) => state === "active" && adapter.className === className)
      .map(([id]) => id);
  }

  /**
   * The adapter `id` for a pattern of `className` that was seen, or the refusal: unknown, retired, or fitted for another
   * class. An unregistered pattern is harmed by another's adapter, so this is checked.
   */
  choose(id: ValueHash, className: PatternClass): { readonly adapter: Adapter } | RegistryRefusal {
    const found = this.#adapters.get(id);
    if (found === undefined)
      return {
        code: "unknown_adapter",
        message: `there is no adapter ${id}; register it first`,
      };
    if (found.state === "retired")
      return {
        code: "retired_adapter",
        message: `the adapter ${id} is retired; activate it, or choose another one`,
      };
    if (found.adapter.className !== className)
      return {
        code: "mismatched_adapter",
        message: `the adapter ${id} was fitted for a ${found.adapter.className}, and a ${className} was seen; it would do harm`,
      };
    return { adapter: found.adapter };
  }
}
