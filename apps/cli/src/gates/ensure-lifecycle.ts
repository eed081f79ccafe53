import type { Lifecycle } from "@swoosh/gates";
import { kernel } from "../kernel.ts";
import { defineLifecycle } from "./define-gates.ts";
import type { GatesStore } from "./gates-store.ts";
import { haltInstances } from "./halt-of.ts";

/** What can be halted here, defined: a repository without a lifecycle file has one without gates. Gives the instances, the file's own first. */
export async function ensureLifecycle(
  store: GatesStore,
  lifecycle: Lifecycle | undefined,
): Promise<readonly string[]> {
  if (lifecycle !== undefined) await defineLifecycle(store, lifecycle);
  const instances = haltInstances(store, lifecycle);
  for (const instance of instances) {
    if (store.recorded(instance) !== undefined) continue;
    const empty = {
      phase: 0,
      plan: [],
      build: [],
      validate: [],
      review: [],
      release: [],
      planApprovals: 1,
      reviewApprovals: 1,
    };
    await store.must({
      instance,
      transition: "Lifecycle_Define",
      inputs: { ...empty, definition: kernel.valueHash(empty) },
    });
  }
  return instances;
}
