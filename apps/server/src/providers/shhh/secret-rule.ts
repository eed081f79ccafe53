import type { PolicyVerdict } from "./policy-scan.ts";

/** One form of secrets. Patterns have bounded repetitions only, so that no text makes them slow. */
export interface SecretRule {
  readonly id: string;
  /** What it is, for people. */
  readonly title: string;
  readonly verdict: Exclude<PolicyVerdict, "allow">;
  /** A text that has none of these (compared in lower case) is not searched. */
  readonly hints: readonly string[];
  /** Global; its group `secret`, or else the whole match, is the secret. At most `SECRET_LENGTH_MAX` units long. */
  readonly pattern: RegExp;
  /** A match counts only where this holds of the secret. */
  readonly counts?: (secret: string) => boolean;
  /** Rules that look at text only: in pictures and archives chance would find much. */
  readonly textOnly?: boolean;
}

/** Rules under a number: who changes one raises it, so that a quarantine can be released by a newer policy. */
export interface RuleSet {
  readonly version: number;
  readonly rules: readonly SecretRule[];
  /** A finding on a line with this word is a sample that its author vouches for: recorded, and allowed. Empty: none is. */
  readonly sampleMark: string;
  /** The same for a whole file, where it stands among the first `SAMPLE_FILE_MARK_WITHIN` units: for formats without comments. */
  readonly sampleFileMark: string;
  /** Endings of names of files that hold nothing but keys. */
  readonly keyFiles: readonly string[];
}

/** UTF-16 units: the longest secret that is found whole, a private key of 16,384 bits in PEM. */
export const SECRET_LENGTH_MAX = 16_384;
/** UTF-16 units at the beginning of a file in which the mark for whole files is looked for. */
export const SAMPLE_FILE_MARK_WITHIN = 1_024;
