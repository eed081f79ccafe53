import type { ReasonTemplate } from "../chart/compiled-chart.ts";
import { canonicalize } from "../json/canonical.ts";
import { cutCodePoints } from "../json/text.ts";
import { REASON_LENGTH_MAX } from "../limits.ts";
import type { CelProgram, CelScope } from "./cel.ts";
import { celErrorName, isCelError } from "./cel-error.ts";

/**
 * The reason as people read it, at most REASON_LENGTH_MAX code points: strings as they are, integers decimal, anything
 * else canonical JSON. An expression that errs reads `error: <name>`.
 */
export function renderReason(template: ReasonTemplate, scope: CelScope): string {
  let text = "";
  for (const part of template) {
    text += typeof part === "string" ? part : render(part, scope);
    if (text.length > 2 * REASON_LENGTH_MAX) break;
  }
  return cutCodePoints(text, REASON_LENGTH_MAX);
}

function render(program: CelProgram, scope: CelScope): string {
  const value = program.evaluate(scope);
  if (isCelError(value)) return `error: ${celErrorName(value)}`;
  return typeof value === "string" ? value : canonicalize(value);
}
