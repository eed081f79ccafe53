import type { Lifecycle } from "@swoosh/gates";
import { ensureLifecycle } from "./ensure-lifecycle.ts";
import type { GatesStore } from "./gates-store.ts";
import { haltOf } from "./halt-of.ts";
import { notify } from "./notify.ts";

/** P0, durable: whatever runs under this log stops until a person resumes. Tells whether that is new. */
export async function haltEverything(
  store: GatesStore,
  lifecycle: Lifecycle | undefined,
  reason: string,
): Promise<boolean> {
  const before = haltOf(store, lifecycle);
  for (const instance of await ensureLifecycle(store, lifecycle))
    // Refused where it is halted for P0 already: that is what was wanted.
    await store.propose(store.ci, {
      instance,
      transition: "Lifecycle_Halt",
      inputs: { severity: "P0", reason: [...reason].slice(0, 100).join("") },
    });
  return before?.severity !== "P0";
}

/** What else must pause does, and people are told. After the halt, which holds whether this arrives or not. */
export async function tellOfP0(about: {
  readonly root: string;
  readonly store: GatesStore;
  readonly lifecycle: Lifecycle | undefined;
  readonly message: string;
}): Promise<void> {
  await notify({ ...about, commands: about.lifecycle?.onP0 ?? [] });
}
