// The small door: values and their hashes, clocks, names, keys, what is signed, records and their proofs, without charts, reduce and engine. A program
// that only signs, reads or proves starts several times faster through it. Whatever is here is behind the main door as well.
export type { Json, JsonArray, JsonObject } from "./json/json.ts";
export { canonicalize } from "./json/canonical.ts";
export { checkJson } from "./json/check-json.ts";
export { parseStrictJson, type ParsedJson } from "./json/parse-json.ts";
export {
  ABSENT_HASH,
  hashOfCanonical,
  hex,
  isValueHash,
  leafHash,
  valueHash,
  type Hasher,
  type LeafHash,
  type ValueHash,
} from "./hash.ts";
export { pureHasher } from "./pure-hasher.ts";
export { assert } from "./invariant.ts";
export { unreachable } from "./unreachable.ts";

export type { Outcome, LogRecord } from "./log/record.ts";
export { decodeRecord } from "./log/decode-record.ts";
export { answer as answerOfRecord, decisionId } from "./reduce/answer.ts";
export { idOf, instanceOf } from "./reduce/instance-name.ts";
export { compareHlc, formatHlc, maxHlc, nextHlc, normalHlc, parseHlc } from "./reduce/hlc.ts";

export { base64Of, bytesOfBase64 } from "./log/base64.ts";
export { base64urlOf, bytesOfBase64url } from "./engine/base64url.ts";
export { preAuthenticationEncoding, PROPOSAL_TYPE } from "./engine/dsse.ts";
export { identityKeyOf, publicKeyOf, signatureBytesOf } from "./engine/identity-key.ts";
export { isStrictEd25519 } from "./engine/strict-ed25519.ts";

export { parseCheckpoint, type Checkpoint } from "./log/checkpoint.ts";
export { openNote } from "./log/open-note.ts";
export { encodeVerifierKey, NOTE_ED25519, parseVerifierKey } from "./log/verifier-key.ts";
export { verifyConsistency, verifyInclusion } from "./log/verify-proof.ts";
