import { celErrorName, isCelError } from "../cel/cel-error.ts";
import type { CelProgram, CelScope } from "../cel/cel.ts";
import { UNKNOWN_RESULT } from "../cel/known-result.ts";
import { isUnknown } from "../cel/mentions.ts";
import { renderReason } from "../cel/render-reason.ts";
import type { Guard, ReasonTemplate } from "../chart/compiled-chart.ts";
import type { NativeGuard } from "../chart/native-guard.ts";
import type { Json, JsonObject } from "../json/json.ts";
import {
  cutReasons,
  guardAttestations,
  guardOutcome,
  type GuardSetting,
} from "../reduce/guard-outcome.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { unreachable } from "../unreachable.ts";
import type { GuardOutlook } from "./explanation.ts";

/** What only a proposal brings, and what hangs on it. */
export interface Unknowns {
  readonly scope: CelScope;
  readonly setting: GuardSetting;
  /** As `mentions.ts` names it: `inputs`, `signer`, `reads.stock`, … */
  readonly names: ReadonlySet<string>;
}

/** One guard without a proposal. A guard that no proposal can change has the outcome that reduce would give. */
export function guardOutlook(guard: Guard, unknowns: Unknowns): GuardOutlook {
  switch (guard.kind) {
    case "cel":
      return celOutlook(guard, unknowns);
    case "native":
      return nativeOutlook(guard, unknowns);
    default:
      return unreachable(guard);
  }
}

/** What it looks at that only a proposal brings. */
export function unknownMentions(guard: Guard, names: ReadonlySet<string>): readonly string[] {
  const programs = guard.kind === "cel" ? [guard.when] : guard.with.map(([, value]) => value);
  const mentions = programs.flatMap((program) => program.mentions());
  return [...new Set(mentions)].filter((mention) => isUnknown(mention, names));
}

function celOutlook(
  guard: Extract<Guard, { kind: "cel" }>,
  { scope, names }: Unknowns,
): GuardOutlook {
  const result = guard.when.known(scope, names);
  if (result === UNKNOWN_RESULT) return dependent(guard, names);
  if (result === true) {
    const reasons = guard.okReason === null ? [] : [shownReason(guard.okReason, scope, names)];
    return { guard: guard.name, ok: true, reasons };
  }
  const reason =
    result === false
      ? shownReason(guard.reason, scope, names)
      : `error: ${isCelError(result) ? celErrorName(result) : "type"}`;
  return { guard: guard.name, ok: false, reasons: [reason] };
}

function nativeOutlook(
  guard: Extract<Guard, { kind: "native" }>,
  { scope, setting, names }: Unknowns,
): GuardOutlook {
  const known: [string, Json][] = [];
  for (const [name, value] of guard.with) {
    const result = value.known(scope, names);
    if (result === UNKNOWN_RESULT) continue;
    if (isCelError(result))
      return { guard: guard.name, ok: false, reasons: [`error: ${celErrorName(result)}`] };
    known.push([name, result]);
  }
  if (known.length < guard.with.length) {
    const reasons = nativeRefusals(guard.native, Object.fromEntries(known));
    return reasons.length === 0
      ? dependent(guard, names)
      : { guard: guard.name, ok: false, reasons };
  }
  const asked = guardAttestations(guard, scope);
  if (asked.length > 0) {
    const what = `${asked.length === 1 ? "one signature or piece" : `${asked.length} signatures or pieces`} of evidence`;
    return { guard: guard.name, ok: null, reasons: [`depends on ${what}, checked when proposed`] };
  }
  return guardOutcome(guard, scope, setting);
}

/** What a native says no to already; nothing where the arguments that are known are not of its shape. */
function nativeRefusals(native: NativeGuard, args: JsonObject): readonly string[] {
  if (native.refusals === undefined) return [];
  const required = native.arguments.required?.filter((name) => Object.hasOwn(args, name)) ?? [];
  const isShape = compileSchema({ ...native.arguments, required })(args, native.name).length === 0;
  return isShape ? cutReasons(native.refusals(args)) : [];
}

function dependent(guard: Guard, names: ReadonlySet<string>): GuardOutlook {
  const mentions = unknownMentions(guard, names);
  return { guard: guard.name, ok: null, reasons: [`depends on ${mentions.join(", ")}`] };
}

/** The reason with what is unknown left as it stands in the chart, in braces. */
function shownReason(
  template: ReasonTemplate,
  scope: CelScope,
  names: ReadonlySet<string>,
): string {
  const isOpen = (part: CelProgram): boolean =>
    part.mentions().some((mention) => isUnknown(mention, names));
  return renderReason(
    template.map((part) => (typeof part !== "string" && isOpen(part) ? `{${part.source}}` : part)),
    scope,
  );
}
