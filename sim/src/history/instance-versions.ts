import type { ValueHash } from "@swoosh/kernel";

/** A head of an instance, from the record that made it on. */
export interface Version {
  readonly index: number;
  readonly hash: ValueHash;
}

/** All heads that each instance ever had, in order. */
export class InstanceVersions {
  readonly #versions = new Map<string, Version[]>();

  note(instance: string, version: Version): void {
    const there = this.#versions.get(instance);
    if (there === undefined) this.#versions.set(instance, [version]);
    else there.push(version);
  }

  /** Heads that the instance had while the log had `least` … `most` records; `null`: none yet. */
  during(instance: string, least: number, most: number): readonly (Version | null)[] {
    const all = this.#versions.get(instance) ?? [];
    const before = all.findLast(({ index }) => index < least) ?? null;
    return [before, ...all.filter(({ index }) => index >= least && index < most)];
  }
}
