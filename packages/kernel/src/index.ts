// The kernel's door: what programs outside need, by name. Doubles and contract suites are behind `/testing`.
export { createKernel, type Kernel, type KernelOptions } from "./kernel.ts";

export type { Json, JsonArray, JsonObject } from "./json/json.ts";
export { canonicalize } from "./json/canonical.ts";
export { compareUtf16 } from "./json/text.ts";
export { checkJson } from "./json/check-json.ts";
export { parseStrictJson, type ParsedJson } from "./json/parse-json.ts";
export type { Schema } from "./schema/schema.ts";
export {
  ABSENT_HASH,
  hashOfCanonical,
  hex,
  isValueHash,
  leafHash,
  NO_LEAF,
  valueHash,
  type Hasher,
  type LeafHash,
  type ValueHash,
} from "./hash.ts";
export { pureHasher } from "./pure-hasher.ts";
export { assert, InvariantViolation } from "./invariant.ts";
export { unreachable } from "./unreachable.ts";
export { REFUSAL_CODES, type RefusalCode, type Refused } from "./refusal.ts";
export {
  CHART_BYTES_MAX,
  DOCUMENT_BYTES_MAX,
  INPUTS_BYTES_MAX,
  PROPOSAL_BYTES_MAX,
  RECORD_BYTES_MAX,
} from "./limits.ts";

export type { ChartProblem, NormalChart } from "./chart/normal-chart.ts";
export { normalJson } from "./chart/normal-json.ts";
export type { CompiledChart } from "./chart/compiled-chart.ts";
export type { LoadedText } from "./chart/load-chart-text.ts";
export type {
  Attestation,
  GuardVerdict,
  NativeGuard,
  NativeRegistry,
  Registry,
} from "./chart/native-guard.ts";
export type { Position, Positions } from "./yaml/positions.ts";
export { checkChart } from "./check/check-chart.ts";
export type { ChartDifference } from "./export/chart-difference.ts";
export { diffCharts, formatDiff } from "./export/diff-charts.ts";
export { toMermaid } from "./export/mermaid.ts";
export { toScxml } from "./export/scxml.ts";
export { toTypeScript } from "./export/typescript.ts";
export { toXState } from "./export/xstate.ts";
export { fromXState, type XStateImport } from "./export/import-xstate.ts";
export type { ChartRun } from "./run/chart-run.ts";

export type {
  ExplainedEffect,
  ExplainedTimer,
  ExplainedTransition,
  ExplainInput,
  Explanation,
  GuardOutlook,
  KnownIdentity,
  Outlook,
} from "./explain/explanation.ts";
export { IdentityHistory } from "./explain/identity-history.ts";

export type {
  Document,
  DocumentMeta,
  Due,
  Effect,
  Head,
  IndexedHead,
  Timer,
} from "./reduce/document.ts";
export type { Accepted, ClockBounds, Duplicate, State, Verdict } from "./reduce/state.ts";
export {
  DEFAULT_INSTANCE,
  chartNameOf,
  idOf,
  instanceOf,
  isInstanceName,
} from "./reduce/instance-name.ts";
export { scopeCovers } from "./reduce/authority.ts";
export {
  compareHlc,
  formatHlc,
  maxHlc,
  nextHlc,
  normalHlc,
  parseHlc,
  type Hlc,
} from "./reduce/hlc.ts";
export { operationHash, type Operation } from "./reduce/operation.ts";
export { answer as answerOfRecord, decisionId } from "./reduce/answer.ts";
export { decisionRecord, proposerRole } from "./reduce/decision-record.ts";
export { World } from "./reduce/world.ts";
export type { Replayed } from "./reduce/replay.ts";

export type { LogRecord, Outcome, ProposalBody, RecordPart } from "./log/record.ts";
export { decodeRecord, type DecodedRecord } from "./log/decode-record.ts";
export {
  BATCH_HEADER_BYTES,
  BATCH_MAGIC,
  batchLength,
  decodeBatchHeader,
  encodeBatch,
  FRAME_HEADER_BYTES,
  frameChecksum,
} from "./log/batch.ts";
export { crc32c } from "./log/crc32c.ts";
export { IDENTITY_BYTES, readIdentity, type JournalIdentity } from "./log/journal-identity.ts";
export {
  scanSegment,
  type ScannedRecord,
  type SegmentExpectation,
  type SegmentScan,
} from "./log/scan-segment.ts";
export {
  decodeSegmentHeader,
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from "./log/segment-header.ts";
export {
  chooseSuperblock,
  decodeSuperblock,
  encodeSuperblock,
  slotOf,
  SUPERBLOCK_BYTES,
  type Superblock,
} from "./log/superblock.ts";
export { NO_INDEX } from "./log/u64.ts";
export { createTree, rootOf, type Frontier, type Tree } from "./log/tree.ts";
export { planConsistency, planInclusion, proofOf, type NodePlace } from "./log/proof.ts";
export { createNodeHasher } from "./log/node-hash.ts";
export { parseTilePath, TILE_HEIGHT, TILE_WIDTH } from "./log/tile.ts";
export { verifyConsistency, verifyInclusion } from "./log/verify-proof.ts";
export { checkpointText, parseCheckpoint, type Checkpoint } from "./log/checkpoint.ts";
export { formatNote, parseNote, type Note, type NoteSignature } from "./log/note.ts";
export { openNote, type NoteSigner, type OpenedNote, type VerifyEd25519 } from "./log/open-note.ts";
export { cosignedText, encodeCosignature } from "./log/cosignature.ts";
export {
  encodeVerifierKey,
  keyIdOf,
  NOTE_COSIGNATURE,
  NOTE_ED25519,
  parseVerifierKey,
  type VerifierKey,
} from "./log/verifier-key.ts";
export { base64Of, bytesOfBase64 } from "./log/base64.ts";
export { hexBytes } from "./log/hex-bytes.ts";

export type { Answer, AcceptedAnswer, RefusedAnswer } from "./engine/answer.ts";
export { base64urlOf, bytesOfBase64url } from "./engine/base64url.ts";
export type { NewJournal } from "./engine/begin-journal.ts";
export { preAuthenticationEncoding, PROPOSAL_TYPE } from "./engine/dsse.ts";
export { EngineError, type EngineErrorCode } from "./engine/engine-error.ts";
export type { EngineKernel } from "./engine/engine-kernel.ts";
export type { EngineOptions } from "./engine/engine-options.ts";
export {
  createEngine,
  type Engine,
  type EngineActs,
  type EngineStatus,
  type ProposeOptions,
} from "./engine/engine.ts";
export type { Fence } from "./engine/fence.ts";
export { identityKeyOf, publicKeyOf, signatureBytesOf } from "./engine/identity-key.ts";
export { IdempotencyIndex } from "./engine/idempotency-index.ts";
export { digestOfKey, digestOfText, type KeyDigest } from "./engine/key-digest.ts";
export { isOperator } from "./engine/is-operator.ts";
export { JournalError, type JournalErrorCode } from "./engine/journal-error.ts";
export { parseProposal, type SignedProposal } from "./engine/parse-proposal.ts";
export type {
  Clock,
  Crypto,
  Journal,
  JournalBatch,
  JournalReader,
  KeyIndex,
  Ports,
  Random,
  SignedText,
  SnapshotFiles,
  StoredSnapshot,
  Transport,
} from "./engine/ports.ts";
export { PastWorld } from "./engine/past-world.ts";
export { Replica, type Replicated } from "./engine/replica.ts";
export { chartsNamedBy } from "./engine/charts-named-by.ts";
export type { Recovery } from "./engine/recover.ts";
export type { SnapshotResult } from "./engine/snapshot-taker.ts";
export { isStrictEd25519, isStrictPoint } from "./engine/strict-ed25519.ts";
