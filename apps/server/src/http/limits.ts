/** Bounds of the HTTP server, with unit and reason. */

/** ms for a request's headers: who sends them slower is not served, so that slow senders cannot hold sockets. */
export const HEADERS_TIMEOUT_MS = 5_000;
/** ms for a whole request that is not a stream. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** ms that an idle connection stays open: longer than clients' usual pools, so that they find it open. */
export const KEEP_ALIVE_MS = 75_000;
/** ms between two looks for connections that are too slow. */
export const CONNECTIONS_CHECK_MS = 1_000;
/** Sockets at once; each may hold a body of 64 KiB. */
export const CONNECTIONS_MAX = 4_096;
/** Bytes of a request's headers. */
export const HEADERS_BYTES_MAX = 16_384;
/** Proposals of one stream that are under way at once: enough to fill a batch, too few to fill a lane. */
export const STREAM_IN_FLIGHT_MAX = 256;
/** ms that a stream of proposals may stand still between two lines: as long as a connection between two requests. */
export const STREAM_IDLE_MS = KEEP_ALIVE_MS;
/** ms without a byte either way after which any connection is closed: for those who ask and do not read the answer. */
export const SOCKET_IDLE_MS = 120_000;
/** ms that a stop waits for answers under way before it closes the sockets. */
export const STOP_MS_MAX = 8_000;

/** Challenges of one minute that were answered already: one entry each, and a flood is told to wait. */
export const CHALLENGES_USED_MAX = 65_536;
/** Sessions at once, and of one identity: the oldest of that identity gives way. */
export const SESSIONS_MAX = 16_384;
export const SESSIONS_OF_ONE_MAX = 16;

/** Readers that follow the journal at once: each holds a socket and one frame. */
export const TAILS_MAX = 256;
/** Bytes that wait in a follower's socket, the next frame with them, before the next record is read for it. */
export const TAIL_BUFFER_BYTES_MAX = 262_144;
/** Records that are read for a follower at a time. */
export const TAIL_PAGE_RECORDS = 64;
/** ms that a follower may leave its socket full before the server ends the stream. */
export const TAIL_STALL_MS = 15_000;
/** ms that a server that stops gives its followers to take their last frame. */
export const TAILS_END_MS = 1_000;
/** ms of silence after which a follower is told that the stream lives; proxies cut at 30 s and more. */
export const TAIL_ALIVE_MS = 10_000;

/** ms without a byte after which a PUT of evidence is ended, and uploads at once. */
export const UPLOAD_STALL_MS = 10_000;
export const UPLOADS_MAX = 16;
/** Bytes of all uploads that wait in memory for the screen: four of the largest. */
export const UPLOAD_BYTES_HELD_MAX = 67_108_864;

/** Refusals that the debug page shows. */
export const REFUSALS_SHOWN_MAX = 20;
/** Records that the debug page shows. */
export const RECORDS_SHOWN = 20;
