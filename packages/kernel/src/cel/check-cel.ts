import { unreachable } from "../unreachable.ts";
import type { CelEnvironment, CelProblem } from "./cel.ts";
import type { CelNode } from "./cel-node.ts";
import { checkField, checkIndex, checkName } from "./check-access.ts";
import { checkCall, checkList, checkMap } from "./check-calls.ts";
import { checkBinary, checkIf, checkUnary } from "./check-operators.ts";
import type { CheckPass, View } from "./check-pass.ts";
import { constant } from "./check-pass.ts";
import type { CelVariable, CheckedNode } from "./checked-node.ts";
import { NO_FACTS } from "./facts.ts";

export interface CelCheck {
  readonly node: CheckedNode;
  readonly problems: readonly CelProblem[];
  /** Variables that the source mentions, `config` also where it was replaced by its value. */
  readonly variables: ReadonlySet<CelVariable>;
  /** Loop variables; each has a slot of its own. */
  readonly slotCount: number;
}

/** Types every part of the tree, following guards (`has`, `in`, `== null`) through `&&`, `||` and `? :`. */
export function checkCel(source: string, node: CelNode, environment: CelEnvironment): CelCheck {
  const pass: CheckPass = {
    source,
    environment,
    problems: [],
    variables: new Set(),
    slotCount: 0,
    check: (child, view) => checkNode(pass, child, view),
  };
  const checked = pass.check(node, { locals: new Map(), facts: NO_FACTS });
  const { problems, variables, slotCount } = pass;
  return { node: checked, problems, variables, slotCount };
}

function checkNode(pass: CheckPass, node: CelNode, view: View): CheckedNode {
  switch (node.op) {
    case "literal":
      return constant(node, node.value);
    case "name":
      return checkName(pass, node, view);
    case "field":
      return checkField(pass, node, view);
    case "index":
      return checkIndex(pass, node, view);
    case "not":
    case "negate":
      return checkUnary(pass, node, view);
    case "binary":
      return checkBinary(pass, node, view);
    case "if":
      return checkIf(pass, node, view);
    case "list":
      return checkList(pass, node, view);
    case "map":
      return checkMap(pass, node, view);
    case "call":
      return checkCall(pass, node, view);
    default:
      return unreachable(node);
  }
}
