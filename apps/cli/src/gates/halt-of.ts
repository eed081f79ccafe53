import type { Lifecycle } from "@swoosh/gates/status";
import type { GatesView } from "./status-of.ts";

export interface Halt {
  readonly severity: string;
  readonly reason: string;
  readonly at: number;
}

/** Of a repository without a lifecycle file: it can be halted all the same. */
export const DEFAULT_LIFECYCLE = "main";

export function lifecycleName(lifecycle: Lifecycle | undefined): string {
  return lifecycle?.name ?? DEFAULT_LIFECYCLE;
}

/**
 * What is halted together: the lifecycle of the file, and in a repository's own log the default one too, so that no halt ends by giving the file
 * another name or taking it away. A server's log is shared: there only the named one is ours to stop.
 */
export function haltInstances(
  store: GatesView,
  lifecycle: Lifecycle | undefined,
): readonly string[] {
  const names = [lifecycleName(lifecycle), ...(store.isShared === true ? [] : [DEFAULT_LIFECYCLE])];
  return [...new Set(names)].map((name) => `lifecycle/${name}`);
}

/** Why the lifecycle is halted, the worst first; null where it is not. */
export function haltOf(store: GatesView, lifecycle: Lifecycle | undefined): Halt | null {
  const halts = haltInstances(store, lifecycle).flatMap((instance) => {
    const halt = haltIn(store, instance);
    return halt === null ? [] : [halt];
  });
  return halts.toSorted((a, b) => (a.severity < b.severity ? -1 : 1))[0] ?? null;
}

export function haltIn(store: GatesView, instance: string): Halt | null {
  const recorded = store.recorded(instance);
  if (recorded?.configuration.includes("Control.HALTED") !== true) return null;
  const halt = recorded.context["halt"];
  if (typeof halt !== "object" || halt === null || !("severity" in halt)) return null;
  const { severity, reason, at } = halt;
  return {
    severity: String(severity ?? ""),
    reason: String(reason ?? ""),
    at: typeof at === "number" ? at : 0,
  };
}
