import type { NativeGuard } from "../chart/native-guard.ts";
import { valueHash } from "../hash.ts";
import type { Hasher } from "../hash.ts";
import type { JsonObject } from "../json/json.ts";
import type { Schema } from "../schema/schema.ts";

/** DSSE payload type of what a new key signs: `{new_key, old_key}`. */
export const ROTATION_TYPE = "application/vnd.swoosh.rotation.v1+json";

const KEY: Schema = { type: "string", pattern: "^hmmm:pubkey:[A-Za-z0-9_-]{43}$", maxLength: 64 };

/** What a new key signs to show that somebody holds it and means to follow this key. */
export function rotationPayload(keys: {
  readonly oldKey: string;
  readonly newKey: string;
}): JsonObject {
  return { new_key: keys.newKey, old_key: keys.oldKey };
}

/** Guards of the chart `identity` that CEL cannot say, for they need the registry or a signature. */
export function kernelNatives(hasher: Hasher): readonly NativeGuard[] {
  return [keyUnclaimed, keySigned(hasher), notLastOperator];
}

/** A key belongs to at most one identity. */
const keyUnclaimed: NativeGuard = {
  name: "keyUnclaimed",
  version: 1,
  arguments: { type: "object", required: ["key"], properties: { key: KEY } },
  check(args, _verdict, registry) {
    const name = registry.identityOf(String(args["key"]));
    if (name === undefined) return { ok: true, reasons: [] };
    return { ok: false, reasons: [`the key belongs to ${name}; a key belongs to one identity`] };
  },
};

/** The new key signed the rotation from the old one. */
function keySigned(hasher: Hasher): NativeGuard {
  return {
    name: "keySigned",
    version: 1,
    arguments: {
      type: "object",
      required: ["new_key", "old_key", "signature"],
      properties: { new_key: KEY, old_key: KEY, signature: { type: "string", maxLength: 86 } },
    },
    attest(args) {
      const newKey = String(args["new_key"]);
      const payload = rotationPayload({ oldKey: String(args["old_key"]), newKey });
      return [
        {
          kind: "signature",
          key: newKey,
          type: ROTATION_TYPE,
          payload,
          payload_hash: valueHash(hasher, payload),
          signature: String(args["signature"]),
        },
      ];
    },
    check(_args, verdict) {
      if (verdict.every(Boolean) && verdict.length === 1) return { ok: true, reasons: [] };
      return {
        ok: false,
        reasons: [
          "the signature is not the new key's over {new_key, old_key}; sign it with the new key",
        ],
      };
    },
  };
}

/** Somebody must be able to change identities: the last operator of all identities stays one. */
const notLastOperator: NativeGuard = {
  name: "notLastOperator",
  version: 1,
  arguments: {
    type: "object",
    required: ["key", "losing"],
    properties: { key: KEY, losing: { type: "boolean" } },
  },
  check(args, _verdict, registry) {
    if (args["losing"] !== true) return { ok: true, reasons: [] };
    const name = registry.identityOf(String(args["key"]));
    const other = name === undefined ? undefined : registry.operatorOtherThan(name);
    if (other !== undefined) return { ok: true, reasons: [`${other} remains an operator`] };
    return {
      ok: false,
      reasons: [
        `${name ?? "this identity"} is the last operator of all identities; register another first`,
      ],
    };
  },
};
