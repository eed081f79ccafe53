import { assert } from "./invariant.ts";

/** Every bound of the kernel, with unit and reason. Sizes are UTF-8 bytes unless said otherwise. */

/** A record must fit a C2SP entry bundle, whose lengths are 16 bits. */
export const RECORD_BYTES_MAX = 65_535;
/** Two documents' worth of change must fit a record, with room for outcomes. */
export const DOCUMENT_BYTES_MAX = 32_768;
/** Above this a chart's documents are worth a warning: each transition hashes one. */
export const DOCUMENT_BYTES_WARN = 8_192;
export const INPUTS_BYTES_MAX = 32_768;
/** Objects and arrays inside one another, in charts, proposals and documents. */
export const DEPTH_MAX = 32;
export const CHART_BYTES_MAX = 131_072;

/** SCXML's run to completion must end: a macrostep that goes on is a defect of the chart. */
export const MICROSTEPS_MAX = 1_000;
/** Instances that one record can move, the proposal's own included in none of them. */
export const PARTS_MAX = 16;
export const JOIN_DEPTH_MAX = 4;

export const REASONS_MAX = 8;
/** Code points of one reason. */
export const REASON_LENGTH_MAX = 256;

/** Static bounds of one CEL expression: evaluation steps, bytes of its result. */
export const CEL_COST_MAX = 20_000;
export const CEL_BYTES_MAX = 65_536;
/** UTF-16 units of one expression's source. */
export const CEL_SOURCE_MAX = 4_096;

/** Bounds that a schema has where it names none. */
export const ITEMS_MAX_DEFAULT = 256;
export const LENGTH_MAX_DEFAULT = 4_096;
export const MAP_ENTRIES_MAX = 256;

/** Clock bounds that genesis writes unless told otherwise (kernel design §3). */
export const CLOCK_BEHIND_MS = 120_000;
export const CLOCK_AHEAD_MS = 60_000;
/** HLC counter: a 31-bit integer, so that every language reads it. */
export const HLC_COUNTER_MAX = 2_147_483_647;

assert(DOCUMENT_BYTES_MAX < RECORD_BYTES_MAX, "a document fits a record");
assert(INPUTS_BYTES_MAX < RECORD_BYTES_MAX, "inputs fit a record");
assert(DOCUMENT_BYTES_WARN < DOCUMENT_BYTES_MAX, "the warning comes before the wall");

/** Values that one program value may hold: more cannot fit inputs or a document, and shared parts could multiply for ever. */
export const JSON_VALUES_MAX = 65_536;

/** Operators, brackets and chains inside one another in one CEL expression: checking and evaluating it recurse. */
export const CEL_DEPTH_MAX = 128;

/** Of a record's text: record, `parts`, a part, `effects`, `opened`, an effect; then JSON of `DEPTH_MAX`. */
export const RECORD_DEPTH_MAX = DEPTH_MAX + 6;

/** UTF-16 units of a schema's `pattern`, groups inside one another in it (its parser recurses), times that one count repeats. */
export const PATTERN_LENGTH_MAX = 512;
export const PATTERN_GROUPS_MAX = 32;
export const PATTERN_COUNT_MAX = 1_000;
/** Instructions of one pattern, counts written out. */
export const PATTERN_SIZE_MAX = 2_000;
/** Instructions times `maxLength`: what one match can cost at worst, some 20 ms. */
export const PATTERN_STEPS_MAX = 2_097_152;
/** Code points of a key in a map (`additionalProperties` with a schema). */
export const MAP_KEY_LENGTH_MAX = 256;
/** Violations that one validation tells; as many as a refusal has reasons. */
export const VIOLATIONS_MAX = 8;

/** Things (configurations, selections, plans) that one chart's interpreter remembers: about 16 MiB at worst. */
export const INTERPRETER_CACHE_ENTRIES_MAX = 16_384;

/** Bytes of a proposal's body: inputs, a justification and evidence fit beside one another. */
export const PROPOSAL_BYTES_MAX = 65_536;
/** Fields of a proposal (transition API). Lengths are code points. */
export const IDEM_KEY_BYTES_MAX = 200;
export const WINDOW_ID_LENGTH_MAX = 200;
/** Characters of an identity on the wire: `hmmm:pubkey:` and 43 of base64url. */
export const SIGNER_LENGTH_MAX = 55;
/** Of an instance's id, and of a log's origin: a name of 128, a slash and 32 hex digits. */
export const INSTANCE_ID_LENGTH_MAX = 128;
export const ORIGIN_LENGTH_MAX = 161;
export const EVIDENCE_ENTRIES_MAX = 64;
export const EVIDENCE_ENTRY_BYTES_MAX = 512;
export const JUSTIFICATION_LENGTH_MAX = 2_000;
/** Records that the idempotency index can name: their indexes are 32-bit words there. */
export const IDEMPOTENCY_ENTRIES_MAX = 4_294_967_295;

/** UTF-16 units of one name in a chart (state, transition, guard, read, emit, timer): paths of 15 levels stay readable. */
export const CHART_NAME_LENGTH_MAX = 64;
/** States of one chart, histories included: a configuration is a flag for each. */
export const CHART_STATES_MAX = 1_024;

/** Years 0000 to 9999 in ms since the epoch: what an HLC's four-digit year can say. */
export const WALL_MS_MIN = -62_167_219_200_000;
export const WALL_MS_MAX = 253_402_300_799_999;
/** Code points of an effect's owner: as long as an instance's id can be. */
export const OWNER_LENGTH_MAX = 128;

/** Problems that are told of one YAML file: nobody reads on, and a hostile file could have one per byte. */
export const YAML_PROBLEMS_MAX = 256;
/** Times that a proposal goes back to have its attestations asked again because the state moved: a fleet that moves faster is overload. */
export const BOUNCES_MAX = 8;

/** Proposals and acts under way, by lane: 4,096 proposals of 64 KiB are 256 MiB at worst, and some 50 ms of work. */
export const LANE_PROPOSALS_MAX = 4_096;
export const LANE_OPERATORS_MAX = 64;
export const LANE_ENGINE_MAX = 256;
/** Records and UTF-16 units of one batch: what one sync may make wait. */
export const BATCH_RECORDS_MAX = 1_024;
export const BATCH_BYTES_MAX = 4_194_304;
/** ms that a caller who found no room is told to wait at least. */
export const RETRY_AFTER_MS = 500;
/** ms between two tries of a full disk: it recovers within seconds, and is not hammered. */
export const FULL_RETRY_MS = 1_000;

/** Documents in one chunk of a snapshot: a document that changed rewrites its chunk, so at most 2 MiB, mostly far less. */
export const CHUNK_DOCUMENTS_MAX = 64;
/** Of a snapshot chunk's text: chunk, `documents`, an entry, a document, `effects`, an effect; then JSON of `DEPTH_MAX`. */
export const CHUNK_DEPTH_MAX = DEPTH_MAX + 6;

/** Signature lines of a note: the specification asks for at least 16; a log, its witnesses and old keys stay below. */
export const NOTE_SIGNATURES_MAX = 64;
/** UTF-16 units of a note: 64 of the longest signatures known (ML-DSA-44, 3.3 KB in base64) and its text. */
export const NOTE_LENGTH_MAX = 262_144;
/** Records that recovery reads at a time. */
export const REPLAY_PAGE_RECORDS = 256;

/** Model check: configurations and macrosteps that it looks at; 15 µs a step make some five seconds at most. */
export const CHECK_CONFIGURATIONS_MAX = 20_000;
export const CHECK_STEPS_MAX = 300_000;
/** Ways of one event in one configuration that the model check follows: ten free guards that all matter. */
export const CHECK_BRANCHES_MAX = 1_024;

/** Entries of the table of one pattern's automaton, and instructions looked at to build it (some 5 ms); larger ones are simulated. */
export const PATTERN_TABLE_MAX = 16_384;
export const PATTERN_BUILD_MAX = 65_536;

/** Of an explanation: code points of one sentence, and names that it lists before it says how many more there are. */
export const HELP_LENGTH_MAX = 512;
export const HELP_NAMES_MAX = 8;
