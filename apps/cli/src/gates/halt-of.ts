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

/** Why the lifecycle is halted; null where it is not. */
export function haltOf(store: GatesView, lifecycle: Lifecycle | undefined): Halt | null {
  const recorded = store.recorded(`lifecycle/${lifecycleName(lifecycle)}`);
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
