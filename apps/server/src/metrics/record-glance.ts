const TRANSITION = '"transition":"';
const INPUTS_HASH = '"inputs_hash":"';
const INSTANCE = ',"instance":"';
/** `sha256-`, 64 hex, and the closing quote. */
const HASH_LENGTH = 72;
const POST = ',"post":"';
const NO_PARTS = '"parts":[]';
/** Of a proposal that names none (transition API). */
const INSTANCE_DEFAULT = "project/default";

/** What metrics need of a record, from its canonical text and without parsing it: this is done for every record. */
export interface RecordGlance {
  readonly transition: string;
  readonly instance: string;
  /** Leaves of the main instance, as they stand in the text: `["A.B","C"]`. */
  readonly configuration: string;
  /** Other instances moved in the same record. */
  readonly hasParts: boolean;
}

/**
 * In canonical order nothing that follows the proposal's `transition` or `inputs_hash` can hold these openings: the fields
 * after them are fixed names, and inside a text their quotes would be escaped. The same goes for the record's own `post`,
 * which stands behind its `parts`. `configuration` is the second field.
 */
export function glanceAtRecord(text: string): RecordGlance {
  const opening = text.indexOf("[");
  return {
    transition: valueAt(text, text.lastIndexOf(TRANSITION) + TRANSITION.length),
    instance: instanceIn(text) ?? INSTANCE_DEFAULT,
    configuration: text.slice(opening, text.indexOf("]", opening) + 1),
    hasParts: !text.startsWith(NO_PARTS, text.lastIndexOf(POST) - NO_PARTS.length),
  };
}

/** The transition that a 202 answer names: its last field. */
export function transitionOfAnswer(text: string): string {
  return valueAt(text, text.lastIndexOf(TRANSITION) + TRANSITION.length);
}

/** The instance that a proposal's text names, the default one where it names none; undefined for what is no proposal. */
export function instanceOfProposal(text: string): string | undefined {
  const quick = instanceIn(text);
  if (quick !== undefined) return quick;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    if (!("instance" in value)) return INSTANCE_DEFAULT;
    return typeof value.instance === "string" ? value.instance : undefined;
  } catch {
    return undefined;
  }
}

/** In canonical order `instance` follows `inputs_hash`; undefined where it does not. */
function instanceIn(text: string): string | undefined {
  const hash = text.lastIndexOf(INPUTS_HASH);
  const after = hash + INPUTS_HASH.length + HASH_LENGTH;
  if (hash < 0 || !text.startsWith(INSTANCE, after)) return undefined;
  return valueAt(text, after + INSTANCE.length);
}

/** Names have no quotes and no escapes. */
function valueAt(text: string, from: number): string {
  return text.slice(from, text.indexOf('"', from));
}
