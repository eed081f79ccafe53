import type { PolicyVerdict } from "./policy-scan.ts";
import { SAMPLE_FILE_MARK_WITHIN, SECRET_LENGTH_MAX, type RuleSet } from "./secret-rule.ts";

/** A secret in a text. It is held in memory for as long as it takes to hash or to replace it. */
export interface FoundSecret {
  readonly rule: string;
  readonly verdict: PolicyVerdict;
  readonly secret: string;
  /** UTF-16 units from the beginning of the text. */
  readonly at: number;
}

/**
 * The secrets of a text, in order, none inside another: of two that overlap the graver counts, then the earlier. `isText`: also
 * rules for text are asked. `isSampleFile`: what is found is allowed.
 */
export function findSecrets(
  set: RuleSet,
  text: string,
  isText: boolean = true,
  isSampleFile: boolean = isMarkedAsSamples(set, text),
): readonly FoundSecret[] {
  const low = text.toLowerCase();
  const found: FoundSecret[] = [];
  for (const rule of set.rules) {
    if (rule.textOnly === true && !isText) continue;
    if (!rule.hints.some((hint) => low.includes(hint))) continue;
    for (const match of text.matchAll(rule.pattern)) {
      const secret = match.groups?.["secret"] ?? match.groups?.["bare"] ?? match[0];
      if (rule.counts !== undefined && !rule.counts(secret)) continue;
      const at = match.index + match[0].lastIndexOf(secret);
      const verdict = isSampleFile || isSample(set, text, at) ? "allow" : rule.verdict;
      found.push({ rule: rule.id, verdict, secret: secret.slice(0, SECRET_LENGTH_MAX), at });
    }
  }
  return withoutOverlaps(found);
}

/** `head`: at least the first units of the file. */
export function isMarkedAsSamples(set: RuleSet, head: string): boolean {
  if (set.sampleFileMark === "") return false;
  return head.slice(0, SAMPLE_FILE_MARK_WITHIN).includes(set.sampleFileMark);
}

function isSample(set: RuleSet, text: string, at: number): boolean {
  if (set.sampleMark === "") return false;
  const begin = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return text.slice(begin, end === -1 ? text.length : end).includes(set.sampleMark);
}

const GRAVITY: Readonly<Record<PolicyVerdict, number>> = { allow: 0, redact: 1, deny: 2 };

function withoutOverlaps(found: readonly FoundSecret[]): readonly FoundSecret[] {
  const byGravity = found.toSorted(
    (one, other) => GRAVITY[other.verdict] - GRAVITY[one.verdict] || one.at - other.at,
  );
  const kept: FoundSecret[] = [];
  const ends = (one: FoundSecret): number => one.at + one.secret.length;
  for (const one of byGravity)
    if (!kept.some((other) => one.at < ends(other) && other.at < ends(one))) kept.push(one);
  return kept.toSorted((one, other) => one.at - other.at);
}
