import {
  definitionOf,
  ladderStatus,
  type Ladder,
  type LadderStatus,
  type Recorded,
} from "@swoosh/gates/status";
import { valueHash } from "@swoosh/kernel/values";
import { hasher } from "../hasher.ts";
import type { EvidenceFiles } from "./evidence-files.ts";
import { spoiltEvidence } from "./spoilt-evidence.ts";

/** What a status is made from: the log that is open, or what it left when it was closed. */
export interface GatesView {
  /** ms, never before the log's own time. */
  readonly at: number;
  readonly evidence: EvidenceFiles;
  /** Others write to this log too. */
  readonly isShared?: boolean;
  recorded(instance: string): Recorded | undefined;
}

export function statusOf(store: GatesView, ladder: Ladder, commit: string): LadderStatus {
  return ladderStatus({
    ladder,
    commit,
    at: store.at,
    recorded: (instance) => store.recorded(instance),
    hashOf: (value) => valueHash(hasher, value),
    definitionOf,
    spoilt: spoiltEvidence(store, ladder),
  });
}
