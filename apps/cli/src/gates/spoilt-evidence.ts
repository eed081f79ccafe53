import { criterionInstance, levelInstance, type Ladder } from "@swoosh/gates/status";
import type { GatesView } from "./status-of.ts";

/** A criterion whose last verdict rests on bytes that are no longer those that were recorded. */
export interface Spoilt {
  readonly id: string;
  /** Hash of what was edited or is gone: the evidence, or a file that it names. */
  readonly evidence: string;
}

/** Evidence of the ladder's verdicts, and attachments of its levels, that were edited or taken away since they were recorded. */
export function spoiltEvidence(store: GatesView, ladder: Ladder): ReadonlySet<string> {
  const spoilt = new Set<string>();
  for (const { level, criteria, triggers } of ladder.levels) {
    for (const { id } of [...criteria, ...triggers]) {
      const instance = criterionInstance(ladder.name, id);
      if (spoiltPart(store, instance) !== undefined) spoilt.add(evidenceOf(store, instance));
    }
    for (const name of spoiltAttachments(store, levelInstance(ladder.name, level)))
      spoilt.add(name);
  }
  return spoilt;
}

/** Those of the criteria whose evidence is spoilt: who decides on them decides on what was never measured. */
export function spoiltAmong(
  store: GatesView,
  subject: string,
  criteria: readonly { readonly id: string }[],
): readonly Spoilt[] {
  return criteria.flatMap(({ id }) => {
    const evidence = spoiltPart(store, criterionInstance(subject, id));
    return evidence === undefined ? [] : [{ id, evidence }];
  });
}

/** What a person attached to a verification of this level and is not what it was. */
export function spoiltAttachments(store: GatesView, instance: string): readonly string[] {
  const attachments = store.recorded(instance)?.context["attachments"];
  if (!Array.isArray(attachments)) return [];
  return attachments.map(String).filter((name) => !store.evidence.isSound(name));
}

/** What of the evidence is spoilt: itself, or a file that it names; undefined: nothing, or there is no evidence yet. */
export function spoiltPart(store: GatesView, instance: string): string | undefined {
  const evidence = evidenceOf(store, instance);
  if (evidence === "") return undefined;
  const bytes = store.evidence.readSound(evidence);
  if (bytes === undefined) return evidence;
  return filesIn(bytes).find((file) => !store.evidence.isSound(file));
}

function evidenceOf(store: GatesView, instance: string): string {
  const evidence = store.recorded(instance)?.context["evidence"];
  return typeof evidence === "string" ? evidence : "";
}

/** Hashes of the files that a criterion keeps besides its output; what is too large is named without one. */
function filesIn(bytes: Buffer): readonly string[] {
  try {
    const { files = [] }: { readonly files?: readonly { readonly hash: string | null }[] } =
      JSON.parse(bytes.toString("utf8"));
    return files.flatMap(({ hash }) => (hash === null ? [] : [hash]));
  } catch {
    // Sound, and not ours: somebody recorded other bytes as evidence, which names no files.
    return [];
  }
}
