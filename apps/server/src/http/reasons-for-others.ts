import type { Problem } from "@swoosh/protocol";

/** Refusals whose reasons quote what was sent. */
const QUOTING: ReadonlySet<string> = new Set([
  "inputs_invalid",
  "malformed",
  "wrong_origin",
] satisfies Problem["code"][]);
const INPUTS = /\binputs\b/u;
/** A text in quotes; one that was cut off ends with its reason. */
const QUOTED = /"(?:[^"\\]|\\.)*(?:"|\\?$)/gsu;

/**
 * Why a proposal was refused, for logs and pages: as its sender is told, but without what was sent. Reasons about inputs may
 * hold what nobody else should see, down to the names of their keys; and what stands in a field that it has not the form of may be
 * anything, such as the key that somebody meant to sign with. Only their sender is told.
 */
export function reasonsForOthers({ code, detail, reasons = [detail] }: Problem): readonly string[] {
  if (!QUOTING.has(code)) return reasons;
  return reasons.map((reason) =>
    INPUTS.test(reason)
      ? "its inputs do not have their form; its sender is told where"
      : reason.replace(QUOTED, "what it says"),
  );
}
