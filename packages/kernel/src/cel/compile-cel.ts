import type { Json } from "../json/json.ts";
import { assert } from "../invariant.ts";
import { compareUtf16 } from "../json/text.ts";
import { CEL_BYTES_MAX, CEL_COST_MAX } from "../limits.ts";
import type { CelCompilation, CelEnvironment, CelProblem, CelProgram } from "./cel.ts";
import type { CelCheck } from "./check-cel.ts";
import { checkCel } from "./check-cel.ts";
import { isBroken } from "./check-pass.ts";
import type { CheckedNode } from "./checked-node.ts";
import { isClosed } from "./checked-node.ts";
import { NO_SCOPE, compileNode, newFrame } from "./compile-node.ts";
import { conformed } from "./conforms.ts";
import { costOf } from "./cost-cel.ts";
import type { Evaluator } from "./evaluator.ts";
import { knownResult } from "./known-result.ts";
import { isUnknown, mentionsOf } from "./mentions.ts";
import { parseCel } from "./parse-cel.ts";
import { partsOf } from "./parts-of.ts";
import { bytesOfResult } from "./bytes-of-result.ts";
import { usesOf } from "./uses.ts";

/**
 * One expression, from source text to a program: parse, allow-list, type check, static bounds, closures (kernel
 * design §1, "CEL"). Never throws; problems carry offsets in UTF-16 units. The program is pure and total.
 */
export function compileCel(source: string, environment: CelEnvironment): CelCompilation {
  const parse = parseCel(source);
  if (!parse.ok) return parse;
  const check = checkCel(source, parse.node, environment);
  if (check.problems.length > 0) return { ok: false, problems: inOrder(check.problems) };
  assert(!isBroken(check.node), "what has no type has a problem");
  const costMax = costOf(check.node, "assumed");
  const bytesMax = bytesOfResult(check.node);
  const tooMuch = boundsProblem(costMax, bytesMax);
  if (tooMuch !== undefined) return { ok: false, problems: [tooMuch] };
  return { ok: true, program: programOf(source, environment, check, { costMax, bytesMax }) };
}

function inOrder(problems: readonly CelProblem[]): readonly CelProblem[] {
  return [...problems].sort((a, b) => a.offset - b.offset);
}

function boundsProblem(costMax: number, bytesMax: number): CelProblem | undefined {
  const remedy = "bound it by maxItems and maxLength in the schema, or split the expression";
  if (costMax > CEL_COST_MAX) {
    return {
      message: `may take ${costMax} steps; ${CEL_COST_MAX} are allowed: ${remedy}`,
      offset: 0,
    };
  }
  if (bytesMax > CEL_BYTES_MAX) {
    return {
      message: `its value may have ${bytesMax} bytes; ${CEL_BYTES_MAX} are allowed: ${remedy}`,
      offset: 0,
    };
  }
  return undefined;
}

function programOf(
  source: string,
  environment: CelEnvironment,
  check: CelCheck,
  bounds: { readonly costMax: number; readonly bytesMax: number },
): CelProgram {
  const { node } = check;
  const run = compileNode(node);
  const { reads, states } = usesOf(node, environment);
  const fixedSteps = costOf(node, "counted");
  const evaluate = evaluateOf(node, run, fixedSteps);
  return {
    source,
    type: node.type,
    ...bounds,
    reads,
    states,
    variables: [...check.variables].sort(compareUtf16),
    constant: constantOf(node, run),
    evaluate,
    mentions: () => mentionsOf(node),
    known: (scope, unknown) =>
      mentionsOf(node).some((mention) => isUnknown(mention, unknown))
        ? knownResult(node, scope, unknown)
        : evaluate(scope),
  };
}

function constantOf(node: CheckedNode, run: Evaluator): Json | undefined {
  if (!isClosed(node)) return undefined;
  const value = run(NO_SCOPE, newFrame(0));
  return typeof value === "symbol" ? undefined : value;
}

/** A program that neither loops nor meets values of unknown size leaves its frame as it is, so one serves all. */
function evaluateOf(node: CheckedNode, run: Evaluator, fixedSteps: number): CelProgram["evaluate"] {
  if (!node.bounded) {
    return (scope) => {
      const value = run(scope, newFrame(fixedSteps));
      return typeof value === "symbol" ? value : conformed(value, node.type);
    };
  }
  if (!changesFrame(node)) {
    const frame = newFrame(fixedSteps);
    return (scope) => run(scope, frame);
  }
  return (scope) => run(scope, newFrame(fixedSteps));
}

function changesFrame(node: CheckedNode): boolean {
  return node.op === "loop" || !node.bounded || partsOf(node).some(changesFrame);
}
