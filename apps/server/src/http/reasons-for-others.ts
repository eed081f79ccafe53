import type { Problem } from "@swoosh/protocol";

/** Refusals whose reasons quote what was sent. */
const QUOTING: ReadonlySet<string> = new Set([
  "inputs_invalid",
  "malformed",
] satisfies Problem["code"][]);
const INPUTS = /\binputs\b/u;

/**
 * Why a proposal was refused, for logs and pages: as its sender is told, but for reasons that quote its inputs. They may
 * hold what nobody else should see, down to the names of their keys, so only their sender is told.
 */
export function reasonsForOthers({ code, detail, reasons = [detail] }: Problem): readonly string[] {
  if (!QUOTING.has(code)) return reasons;
  return reasons.map((reason) =>
    INPUTS.test(reason) ? "its inputs do not have their form; its sender is told where" : reason,
  );
}
