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
/** ms that a stop waits for answers under way before it closes the sockets. */
export const STOP_MS_MAX = 8_000;
