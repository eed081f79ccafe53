import { decodeRecord } from "@swoosh/kernel";
import { glanceAtRecord, type RecordGlance } from "./record-glance.ts";

/** Name of the state, at any depth of any chart. */
const STATE = "QUARANTINED";

/** Counts how often an instance enters quarantine. Owns the set of those that are in it now. */
export class QuarantineWatch {
  readonly #inside = new Set<string>();
  readonly #onEntry: () => void;

  constructor(onEntry: () => void) {
    this.#onEntry = onEntry;
  }

  /** Where an instance stands when watching begins: entering was before. */
  begin(instance: string, configuration: readonly string[]): void {
    if (configuration.some(isQuarantine)) this.#inside.add(instance);
  }

  /** Every record, in order. */
  note(text: string, glance: RecordGlance = glanceAtRecord(text)): void {
    this.#move(glance.instance, glance.configuration.includes(STATE) && holds(glance));
    // Joined instances are looked at only where one of them can be what is watched for.
    if (!glance.hasParts || (this.#inside.size === 0 && !text.includes(STATE))) return;
    const decoded = decodeRecord(text);
    if (!decoded.ok) return;
    for (const { configuration, instance } of decoded.record.parts)
      this.#move(instance, configuration.some(isQuarantine));
  }

  #move(instance: string, isInside: boolean): void {
    if (!isInside) {
      this.#inside.delete(instance);
    } else if (!this.#inside.has(instance)) {
      this.#inside.add(instance);
      this.#onEntry();
    }
  }
}

function holds({ configuration }: RecordGlance): boolean {
  const leaves: unknown = JSON.parse(configuration);
  return Array.isArray(leaves) && leaves.some((leaf) => isQuarantine(String(leaf)));
}

/** The state itself, or one below it. */
function isQuarantine(leaf: string): boolean {
  return leaf.split(".").includes(STATE);
}
