import { INTEGER_MAX } from "../limits.ts";
import type { JsonSchema } from "./json-schema.ts";

/** The small words of the wire, each with its form (transition API). */
export const WORD_SCHEMAS = {
  ValueHash: {
    type: "string",
    pattern: "^sha256-[0-9a-f]{64}$",
    description:
      "SHA-256 of canonical JSON (RFC 8785) or of raw evidence bytes; an instance that does not exist yet has 64 zeros.",
  },
  LeafHash: {
    type: "string",
    pattern: "^[0-9a-f]{64}$",
    description: "RFC 6962 leaf hash of a record: SHA-256(0x00 ‖ record bytes).",
  },
  Origin: {
    type: "string",
    minLength: 1,
    description: "Name of the journal: `<name>/<32 hex>`, as in `/health` and the checkpoint.",
  },
  InstanceName: {
    type: "string",
    pattern: "^[a-z][a-z0-9_-]{0,31}/[A-Za-z0-9_-]{1,128}$",
    description: "One running chart: `chart/id`.",
  },
  ChartName: { type: "string", pattern: "^[a-z][a-z0-9_-]{0,31}$" },
  TransitionName: { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_]{0,63}$" },
  RecordedTransition: {
    type: "string",
    pattern: "^@?[A-Za-z][A-Za-z0-9_]{0,63}$",
    description: "A transition's name; those of the engine's own records begin with @.",
  },
  IdentityKey: {
    type: "string",
    pattern: "^hmmm:pubkey:[A-Za-z0-9_-]{43}$",
    description: "Ed25519 public key: base64url, no padding, of the 32 raw bytes.",
  },
  Signature: {
    type: "string",
    pattern: "^[A-Za-z0-9_-]{86}$",
    description:
      "Ed25519 over DSSE's pre-authentication encoding: base64url, no padding, of 64 bytes.",
  },
  IdemKey: {
    type: "string",
    pattern: "^(?!@)[^:]+:[^:]+:[^:]+:[^:]+$",
    maxLength: 200,
    description: "`goalId:beatIndex:opClass:uuid`, at most 200 bytes.",
  },
  Hlc: {
    type: "string",
    pattern:
      "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}\\+00:00#[0-9]{1,10}$",
    description: "Hybrid logical clock: wall time in ms, then a counter of at most 2^31 − 1.",
  },
  WindowId: {
    type: "string",
    pattern: "^(?:[0-9a-fA-F]{32}|backbeat:[\\s\\S]+)$",
    maxLength: 200,
    description: "As received in the last beat.",
  },
  EvidenceReference: {
    type: "string",
    pattern: "^(?:(?:ucxl|bubble|https)://[\\s\\S]+|sha256-[0-9a-f]{64})$",
    maxLength: 512,
    description: "Stored, never fetched.",
  },
  DecisionId: {
    type: "string",
    pattern: "^bubble://dr/sha256-[0-9a-f]{64}$",
    description: "Made of the record's leaf hash, so a replay yields the same.",
  },
  Index: { type: "integer", minimum: 0, maximum: INTEGER_MAX },
  Millis: {
    type: "integer",
    minimum: 0,
    maximum: INTEGER_MAX,
    description: "Milliseconds since the epoch.",
  },
  Cursor: {
    type: ["string", "null"],
    description: "Hand it back as `after` for the next page; null on the last one.",
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;
