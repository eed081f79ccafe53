/** Bounds of a client, with unit and reason. */

/** ms that one request may take; a server that is full answers at once, so more is a broken network. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** ms without a byte after which a tail is opened anew: half-open connections are never told apart otherwise. */
export const TAIL_IDLE_MS = 60_000;

/** Tries of one operation, and ms that all of them may take together. */
export const RETRY_ATTEMPTS_MAX = 10;
export const RETRY_TOTAL_MS = 60_000;
/** ms of the first pause; it doubles up to the last one. */
export const RETRY_FIRST_MS = 100;
export const RETRY_LAST_MS = 10_000;
/** Fresh heads that one operation takes before it gives up: an instance that moves faster wants another design. */
export const STALE_MAX = 32;
/** Heads that come before the client begins to pause between tries: without it two clients can go on for ever. */
export const STALE_AT_ONCE_MAX = 2;
/** ms between looks at the beat while waiting for one. */
export const BEAT_POLL_MS = 1_000;

/** Heads that a client remembers: about 300 bytes each. */
export const HEADS_MAX = 10_000;
/** Proposals of one round of a stream. */
export const ROUND_PROPOSALS_DEFAULT = 64;
/** ms before its end at which a session is renewed. */
export const SESSION_EARLY_MS = 30_000;
/** Characters of one line of a stream: a record in an event, and room. */
export const LINE_LENGTH_MAX = 1_048_576;
/** Items that a list is asked for at a time. */
export const PAGE_ITEMS = 1_000;

/** ms before a runner connects again: doubled at each failure, with jitter, so that a fleet does not come back at once. */
export const RUNNER_RETRY_MS_MIN = 200;
/** ms from the opening of a socket to the welcome: the controller writes every agent down before it. */
export const RUNNER_WELCOME_MS = 30_000;
/** ms that a connection must have held for its loss to count as the first: two runners of one name go on taking turns. */
export const RUNNER_STEADY_MS = 5_000;
/** Frames that the controller may send before the runner has taken any. */
export const RUNNER_CREDIT_FRAMES = 256;
