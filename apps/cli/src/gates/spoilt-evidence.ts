import { criterionInstance, type Ladder } from "@swoosh/gates/status";
import type { GatesView } from "./status-of.ts";

/** Evidence of the ladder's verdicts that was edited or taken away since it was recorded. */
export function spoiltEvidence(store: GatesView, ladder: Ladder): ReadonlySet<string> {
  const spoilt = new Set<string>();
  for (const { criteria, triggers } of ladder.levels) {
    for (const { id } of [...criteria, ...triggers]) {
      const evidence = store.recorded(criterionInstance(ladder.name, id))?.context["evidence"];
      if (typeof evidence === "string" && evidence !== "" && !store.evidence.isSound(evidence))
        spoilt.add(evidence);
    }
  }
  return spoilt;
}
