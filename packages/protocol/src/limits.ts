/**
 * Bounds of the wire, with unit and reason. Those of a proposal are the kernel's own: this package sees only the
 * kernel's types, so they stand here again, and a test holds the two equal.
 */

/** Bytes of a body of `POST /transition`, and of one line of `POST /transitions`. */
export const BODY_BYTES_MAX = 65_536;
/** Bytes of a proposal's canonical inputs: what is larger is evidence and named by its hash. */
export const PROPOSAL_INPUTS_BYTES_MAX = 32_768;
/** Bytes of one piece of evidence: a report, a patch or a log fits; archives belong in a store of their own. */
export const EVIDENCE_BYTES_MAX = 16_777_216;

/** UTF-16 units of a query for memories: what fits into a URL many times over. */
export const MEMORY_QUERY_LENGTH_MAX = 2_000;
/** Characters of where a memory came from: a path or an address. */
export const MEMORY_SOURCE_LENGTH_MAX = 512;
/** Memories of one answer where the query names no number, and at most: each has at most 200 words. */
export const MEMORIES_DEFAULT = 10;
export const MEMORIES_FOUND_MAX = 100;

/** Items on a page where the query names no number, and at most: a page stays below a few MiB. */
export const PAGE_ITEMS_DEFAULT = 100;
export const PAGE_ITEMS_MAX = 1_000;
/** UTF-16 units of a cursor: it is opaque, and made of an instance's name at most. */
export const CURSOR_LENGTH_MAX = 256;
/** UTF-16 units of a projection's list of names. */
export const PROJECTION_LENGTH_MAX = 1_024;

/** How long a challenge waits for its signature, and how long a token lives, in ms. */
export const CHALLENGE_MS = 60_000;
export const SESSION_MS = 900_000;

/** Highest integer on the wire: beyond it readers of JSON disagree. */
export const INTEGER_MAX = 9_007_199_254_740_991;
