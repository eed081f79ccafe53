// The SDK's door: a client for programs and agents, the doors that it needs, and the checks by themselves.
export { createClient, type Client, type ClientOptions } from "./client.ts";
export type { ChartClient, ChartState, ChartTypes } from "./chart-client.ts";
export type { Proposed, ProposedAccepted, ProposedRefused, ProposeOptions } from "./proposer.ts";
export type { SeenHead } from "./head-book.ts";
export { idemKeyOf, type IdemParts } from "./idem-key.ts";
export type { Streamed, StreamOptions, TransitionRequest } from "./transition-stream.ts";
export type {
  DecisionsQuery,
  EvidenceOptions,
  InstancesQuery,
  ReadOptions,
  StateOptions,
} from "./reader.ts";
export type { RecallOptions, RememberOptions } from "./memories.ts";
export type { JournalEntry, JournalOptions, TailOptions } from "./journal-reader.ts";
export type { ProvenRecord } from "./log-proofs.ts";
export { DEFAULT_RETRY, type RetryPolicy } from "./retry.ts";
export { SDK_ERROR_CODES, SdkError, type SdkErrorCode } from "./sdk-error.ts";
export type {
  Cancellation,
  HttpRequest,
  HttpResponse,
  SdkClock,
  SdkPorts,
  Signer,
} from "./ports.ts";
export { createWebPorts } from "./web-ports.ts";
export { createWebSigner, generateWebSigner, type PrivateKey } from "./web-signer.ts";
export type { WebPlatform, WebResponse, WebSubtle } from "./web-platform.ts";
export {
  signJson,
  signProposal,
  type Operation,
  type SignedProposalText,
} from "./sign-proposal.ts";
export { verifyAnswer, type AnswerClaim, type VerifiedAnswer } from "./verify-answer.ts";
export {
  verifyDsse,
  verifyRecord,
  type RecordClaim,
  type VerifiedRecord,
} from "./verify-record.ts";
export {
  openCheckpoint,
  verifyConsistencyProof,
  verifyInclusionProof,
  type ConsistencyProofClaim,
  type InclusionProofClaim,
  type OpenedCheckpoint,
  type Pins,
} from "./verify-proof.ts";
export {
  connectRunner,
  type RunnerHandler,
  type RunnerLink,
  type RunnerOptions,
} from "./runner-link.ts";
export {
  createWebSocketOpener,
  type OpenSocket,
  type RunnerSocket,
  type SocketListener,
} from "./runner-socket.ts";
