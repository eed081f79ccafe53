import { compareUtf16 } from "../json/text.ts";
import type { CelEnvironment } from "./cel.ts";
import type { CheckedNode } from "./checked-node.ts";
import { partsOf } from "./parts-of.ts";
import { memberOfKind } from "./type-union.ts";

export interface CelUses {
  readonly reads: readonly string[];
  readonly states: readonly number[];
}

/** Which reads and states an expression looks at. `reads` itself, not one of its fields, means all of them. */
export function usesOf(node: CheckedNode, environment: CelEnvironment): CelUses {
  const reads = new Set<string>();
  const states = new Set<number>();
  const visit = (part: CheckedNode): void => {
    if (part.op === "active") states.add(part.state);
    if (part.op === "variable" && part.name === "reads") {
      for (const name of memberOfKind(environment.reads, "record")?.fields.keys() ?? [])
        reads.add(name);
    }
    if (
      (part.op === "field" || part.op === "has") &&
      part.of.op === "variable" &&
      part.of.name === "reads"
    ) {
      reads.add(part.name);
      return;
    }
    partsOf(part).forEach(visit);
  };
  visit(node);
  return {
    reads: [...reads].sort(compareUtf16),
    states: [...states].sort((a, b) => a - b),
  };
}
