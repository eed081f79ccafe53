import { isValueHash } from "../hash.ts";
import { isJsonArray, type Json } from "../json/json.ts";
import { quote } from "../json/quote.ts";
import { utf8Length } from "../json/text.ts";
import {
  EVIDENCE_ENTRIES_MAX,
  EVIDENCE_ENTRY_BYTES_MAX,
  IDEM_KEY_BYTES_MAX,
  JUSTIFICATION_LENGTH_MAX,
  WINDOW_ID_LENGTH_MAX,
} from "../limits.ts";
import { parseHlc } from "../reduce/hlc.ts";
import { isInstanceName } from "../reduce/instance-name.ts";
import { publicKeyOf } from "./identity-key.ts";

/** One field of a proposal on the wire (transition API, `POST /transition`). */
export interface ProposalField {
  readonly required: boolean;
  /** What is wrong with the value, or undefined. */
  problem(value: Json): string | undefined;
}

/** Every field that a proposal may have, in canonical order of names; any other is refused. */
export const PROPOSAL_FIELDS: ReadonlyMap<string, ProposalField> = new Map([
  ["current_state_hash", required(valueHashProblem)],
  ["evidence", optional(evidenceProblem)],
  [
    "hlc",
    required(textProblem(isHlc, "YYYY-MM-DDTHH:MM:SS.mmm+00:00#N with N at most 2147483647")),
  ],
  ["idem_key", required(idemKeyProblem)],
  ["inputs", optional((value) => (isObject(value) ? undefined : "must be an object"))],
  ["inputs_hash", required(valueHashProblem)],
  [
    "instance",
    optional(textProblem(isInstanceName, "chart/id, the id of letters, digits, _ and -")),
  ],
  ["justification", optional(justificationProblem)],
  ["origin", required(textProblem((text) => text !== "", "the origin that /health shows"))],
  // Whether it holds is asked later: an absent one is `unsigned`, a wrong one `bad_signature`.
  ["signature", optional(textProblem(() => true, "base64url of 64 bytes"))],
  ["signer", required(textProblem(isIdentityKey, "hmmm:pubkey: and base64url of 32 bytes"))],
  [
    "transition",
    required(textProblem(isTransition, "a letter, then at most 63 letters, digits and _")),
  ],
  [
    "window_id",
    optional(textProblem(isWindowId, "backbeat:… or 32 hex digits, as in the last beat")),
  ],
]);

function isTransition(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(text);
}

function isHlc(text: string): boolean {
  return parseHlc(text) !== undefined;
}

function isIdentityKey(text: string): boolean {
  return publicKeyOf(text) !== undefined;
}

function isWindowId(text: string): boolean {
  if (text.length > WINDOW_ID_LENGTH_MAX) return false;
  return /^[0-9a-fA-F]{32}$/.test(text) || /^backbeat:./su.test(text);
}

function isObject(value: Json): boolean {
  return typeof value === "object" && value !== null && !isJsonArray(value);
}

function valueHashProblem(value: Json): string | undefined {
  return typeof value === "string" && isValueHash(value)
    ? undefined
    : `${shown(value)} is no hash; sha256- and 64 lower-case hex digits`;
}

/** `goalId:beatIndex:opClass:uuid`; keys that begin with @ are the engine's own. */
function idemKeyProblem(value: Json): string | undefined {
  if (typeof value !== "string") return `${shown(value)} is no text`;
  if (utf8Length(value) > IDEM_KEY_BYTES_MAX)
    return `has ${utf8Length(value)} bytes; at most ${IDEM_KEY_BYTES_MAX}`;
  if (value.startsWith("@")) return `${shown(value)} begins with @, which is the engine's own`;
  const parts = value.split(":");
  return parts.length === 4 && parts.every((part) => part !== "")
    ? undefined
    : `${shown(value)} is not goalId:beatIndex:opClass:uuid, each part non-empty`;
}

function evidenceProblem(value: Json): string | undefined {
  if (!isJsonArray(value)) return "must be a list";
  if (value.length > EVIDENCE_ENTRIES_MAX)
    return `has ${value.length} entries; at most ${EVIDENCE_ENTRIES_MAX}`;
  for (const [at, entry] of value.entries()) {
    if (typeof entry !== "string") return `[${at}]: ${shown(entry)} is no text`;
    if (utf8Length(entry) > EVIDENCE_ENTRY_BYTES_MAX)
      return `[${at}]: has ${utf8Length(entry)} bytes; at most ${EVIDENCE_ENTRY_BYTES_MAX}`;
    if (!/^(ucxl:\/\/|bubble:\/\/|https:\/\/)./su.test(entry) && !isValueHash(entry))
      return `[${at}]: ${shown(entry)} is no ucxl://, bubble://, https:// address and no sha256- hash`;
  }
  return undefined;
}

function justificationProblem(value: Json): string | undefined {
  if (typeof value !== "string") return `${shown(value)} is no text`;
  const length = [...value].length;
  return length > JUSTIFICATION_LENGTH_MAX
    ? `has ${length} characters; at most ${JUSTIFICATION_LENGTH_MAX}`
    : undefined;
}

function textProblem(
  isFine: (text: string) => boolean,
  form: string,
): (value: Json) => string | undefined {
  return (value) => {
    if (typeof value !== "string") return `${shown(value)} is no text; ${form}`;
    return isFine(value) ? undefined : `${shown(value)} is not of the form ${form}`;
  };
}

function shown(value: Json): string {
  return typeof value === "string" ? quote(value) : quote(JSON.stringify(value));
}

function required(problem: (value: Json) => string | undefined): ProposalField {
  return { required: true, problem };
}

function optional(problem: (value: Json) => string | undefined): ProposalField {
  return { required: false, problem };
}
