import type { JsonObject } from "@swoosh/kernel/values";

/** One accepted transition of a project, as people read it. */
export interface ToldRecord {
  readonly index: number;
  readonly at: number;
  readonly transition: string;
  /** Name of the signer, or its key's beginning. */
  readonly by: string;
  /** What changed: `FETCH → VALIDATE`. */
  readonly changes: readonly string[];
  /** The inputs that matter, in words. */
  readonly about: string;
}

interface RecordShape {
  readonly index: number;
  readonly at: number;
  readonly configuration: readonly string[];
  readonly inputs?: JsonObject;
  readonly proposal: {
    readonly instance: string;
    readonly signer: string;
    readonly transition: string;
  };
}

/** Reads records of one project in order, and says what each changed. */
export class RecordTeller {
  readonly #instance: string;
  readonly #nameOf: (key: string) => string | undefined;
  #before: readonly string[] = [];

  constructor(instance: string, nameOf: (key: string) => string | undefined) {
    this.#instance = instance;
    this.#nameOf = nameOf;
  }

  /** Undefined: a record of something else. */
  tell(text: string): ToldRecord | undefined {
    const record = JSON.parse(text) as RecordShape;
    const { instance, signer, transition } = record.proposal;
    if (instance !== this.#instance) return undefined;
    const changes = changesOf(this.#before, record.configuration);
    this.#before = record.configuration;
    return {
      index: record.index,
      at: record.at,
      transition,
      by: this.#nameOf(signer) ?? signer.slice(0, 20),
      changes,
      about: aboutOf(record.inputs ?? {}),
    };
  }

  get configuration(): readonly string[] {
    return this.#before;
  }
}

/** Leaves by what stands before them: the part that both have is left out. */
export function changesOf(before: readonly string[], after: readonly string[]): readonly string[] {
  const gone = before.filter((leaf) => !after.includes(leaf));
  const come = after.filter((leaf) => !before.includes(leaf));
  const changes: string[] = [];
  const used = new Set<string>();
  for (const leaf of come) {
    const from = gone.find((one) => !used.has(one) && regionOf(one) === regionOf(leaf));
    if (from === undefined) {
      if (before.length > 0) changes.push(`${nameOf(leaf)}`);
      continue;
    }
    used.add(from);
    changes.push(`${regionOf(leaf)} ${lastOf(from)} → ${lastOf(leaf)}`);
  }
  return changes;
}

const LIFECYCLE = "Lifecycle.PROJECT_LIFECYCLE.";

function regionOf(leaf: string): string {
  return (leaf.startsWith(LIFECYCLE) ? leaf.slice(LIFECYCLE.length) : leaf).split(".")[0] ?? leaf;
}

function lastOf(leaf: string): string {
  return leaf.slice(leaf.lastIndexOf(".") + 1);
}

function nameOf(leaf: string): string {
  return `${regionOf(leaf)} ${lastOf(leaf)}`;
}

/** Inputs that a person wants to see. */
const SHOWN = ["task", "role", "reason", "rationale", "version", "files", "demand", "live"];

function aboutOf(inputs: JsonObject): string {
  const words = SHOWN.flatMap((name) => {
    const value = inputs[name];
    return typeof value === "string" || typeof value === "number" ? [`${name} ${value}`] : [];
  });
  const { members, sources } = inputs;
  if (Array.isArray(members)) words.push(`${members.length} members`);
  if (Array.isArray(sources)) words.push(...sources.map((one) => String(Object(one)["uri"])));
  return words.join(", ");
}
