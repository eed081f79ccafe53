import type { Journal } from "@swoosh/kernel";

/** The same journal but for some of its doors. */
export function journalWith(inner: Journal, other: Partial<Journal>): Journal {
  return {
    get size() {
      return other.size ?? inner.size;
    },
    get term() {
      return inner.term;
    },
    append: other.append ?? ((batch) => inner.append(batch)),
    read: other.read ?? ((from, limit) => inner.read(from, limit)),
    snapshots: other.snapshots ?? (() => inner.snapshots()),
    saveSnapshot: other.saveSnapshot ?? ((files) => inner.saveSnapshot(files)),
    evidence: other.evidence ?? ((hash) => inner.evidence(hash)),
    saveEvidence: other.saveEvidence ?? ((hash, text) => inner.saveEvidence(hash, text)),
    keys: other.keys ?? (() => inner.keys()),
  };
}
