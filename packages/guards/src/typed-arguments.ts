import type { JsonObject } from "@swoosh/kernel/values";

/**
 * Arguments under the type that the guard's schema says. The kernel has held the schema against them before `attest` and
 * `check` are called: this is the one place of the package that trusts it.
 */
export function typedArguments<Arguments>(args: JsonObject): Arguments {
  return args as unknown as Arguments;
}
