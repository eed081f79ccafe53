import type { Json, JsonObject } from "../json/json.ts";
import type { Schema } from "../schema/schema.ts";

/**
 * A named, versioned, pure check that CEL cannot express. What needs bytes or keys is attested: `attest` says what
 * must be checked outside, the engine checks it off the loop, and the booleans come back as `verdict`, recorded.
 */
export interface NativeGuard {
  readonly name: string;
  readonly version: number;
  /** Shape of the arguments (an object; additionalProperties false). */
  readonly arguments: Schema;
  attest?(args: JsonObject): readonly Attestation[];
  /** Total; same arguments, same answer. `verdict` has one boolean for each attestation, in order. */
  check(args: JsonObject, verdict: readonly boolean[], registry: Registry): GuardVerdict;
  /**
   * Why it says no whatever the arguments may be that `args` lacks, as explaining asks before there is a proposal; []:
   * that hangs on them. Where it gives reasons, `check` gives no for every such argument.
   */
  refusals?(args: JsonObject): readonly string[];
}

export type Attestation =
  | {
      readonly kind: "signature";
      /** `hmmm:pubkey:<base64url of 32 bytes>` */
      readonly key: string;
      /** DSSE payload type. */
      readonly type: string;
      /** Value hash of the payload whose canonical JSON was signed. */
      readonly payload: Json;
      readonly payload_hash: string;
      /** base64url, no padding, of 64 bytes. */
      readonly signature: string;
    }
  | { readonly kind: "evidence"; readonly hash: string };

export interface GuardVerdict {
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

/** The identities as of before this record: the one thing that a document alone cannot tell. */
export interface Registry {
  /** Name (`<name>` of `identity/<name>`) of the identity that holds this key, or undefined. */
  identityOf(key: string): string | undefined;
  /** Some operator other than this identity that is not revoked (least name), or undefined. */
  operatorOtherThan(name: string): string | undefined;
}

/** The natives that this build has. Several versions of one name may live beside one another, for charts in old logs. */
export interface NativeRegistry {
  readonly names: readonly string[];
  /** What a chart that is loaded now gets. */
  newest(name: string): NativeGuard | undefined;
  /** What a chart whose normal form names a version gets. */
  exact(name: string, version: number): NativeGuard | undefined;
}
