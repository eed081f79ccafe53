import { celErrorName, isCelError } from "../cel/cel-error.ts";
import type { CelScope } from "../cel/cel.ts";
import { renderReason } from "../cel/render-reason.ts";
import type { Guard } from "../chart/compiled-chart.ts";
import type { Attestation, NativeGuard, Registry } from "../chart/native-guard.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { compareUtf16, cutCodePoints } from "../json/text.ts";
import { REASON_LENGTH_MAX, REASONS_MAX } from "../limits.ts";
import type { Outcome } from "../log/record.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Validator } from "../schema/schema.ts";
import { unreachable } from "../unreachable.ts";

/** What a guard may look at beside its scope. */
export interface GuardSetting {
  readonly registry: Registry;
  /** Answers to what was attested, by `attestationKey`. */
  readonly attested: ReadonlyMap<string, boolean>;
}

type Arguments =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly reasons: readonly string[] };

const NO_REASONS: readonly string[] = [];
const validators = new WeakMap<NativeGuard, Validator>();

/** Evaluates one guard. Total: whatever goes wrong inside makes it false, with a reason. */
export function guardOutcome(guard: Guard, scope: CelScope, setting: GuardSetting): Outcome {
  switch (guard.kind) {
    case "cel":
      return celOutcome(guard, scope);
    case "native":
      return nativeOutcome(guard, scope, setting);
    default:
      return unreachable(guard);
  }
}

/** What a guard wants checked outside reduce, in this scope; nothing where its arguments cannot be had. */
export function guardAttestations(guard: Guard, scope: CelScope): readonly Attestation[] {
  if (guard.kind !== "native" || guard.native.attest === undefined) return [];
  const found = nativeArguments(guard, scope);
  return found.ok ? guard.native.attest(found.args) : [];
}

/** Two attestations with the same key ask the same question. */
export function attestationKey(attestation: Attestation): string {
  if (attestation.kind === "evidence") return `evidence ${attestation.hash}`;
  const { key, type, payload_hash, signature } = attestation;
  return `signature ${key} ${payload_hash} ${signature} ${type}`;
}

export function cutReasons(reasons: readonly string[]): readonly string[] {
  return reasons.slice(0, REASONS_MAX).map((reason) => cutCodePoints(reason, REASON_LENGTH_MAX));
}

function celOutcome(guard: Extract<Guard, { kind: "cel" }>, scope: CelScope): Outcome {
  const result = guard.when.evaluate(scope);
  if (result === true) {
    const reasons = guard.okReason === null ? NO_REASONS : [renderReason(guard.okReason, scope)];
    return { guard: guard.name, ok: true, reasons };
  }
  if (result === false) {
    return { guard: guard.name, ok: false, reasons: [renderReason(guard.reason, scope)] };
  }
  const error = isCelError(result) ? celErrorName(result) : "type";
  return { guard: guard.name, ok: false, reasons: [`error: ${error}`] };
}

function nativeOutcome(
  guard: Extract<Guard, { kind: "native" }>,
  scope: CelScope,
  setting: GuardSetting,
): Outcome {
  const found = nativeArguments(guard, scope);
  if (!found.ok) return { guard: guard.name, ok: false, reasons: found.reasons };
  const { native } = guard;
  const asked = native.attest?.(found.args) ?? [];
  const verdict = asked.map((one) => setting.attested.get(attestationKey(one)) === true);
  const { ok, reasons } = native.check(found.args, verdict, setting.registry);
  return { guard: guard.name, ok, reasons: cutReasons(reasons) };
}

function nativeArguments(guard: Extract<Guard, { kind: "native" }>, scope: CelScope): Arguments {
  const members: [string, Json][] = [];
  for (const [name, program] of guard.with) {
    const value = program.evaluate(scope);
    if (isCelError(value)) return { ok: false, reasons: [`error: ${celErrorName(value)}`] };
    members.push([name, value]);
  }
  members.sort(([one], [other]) => compareUtf16(one, other));
  const args: JsonObject = Object.fromEntries(members);
  const violations = validatorOf(guard.native)(args, guard.native.name);
  if (violations.length === 0) return { ok: true, args };
  return {
    ok: false,
    reasons: cutReasons(violations.map(({ place, problem }) => `${place}: ${problem}`)),
  };
}

function validatorOf(native: NativeGuard): Validator {
  const known = validators.get(native);
  if (known !== undefined) return known;
  const validator = compileSchema(native.arguments);
  validators.set(native, validator);
  return validator;
}
