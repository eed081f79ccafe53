import {
  CONNECTIONS_CHECK_MS,
  HEADERS_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  SOCKET_IDLE_MS,
  STREAM_IDLE_MS,
} from "./limits.ts";

/** How long senders and readers are waited for, ms; a test has less of it. */
export interface Patience {
  readonly headersMs: number;
  /** For a body that is read whole, and for one line of a stream. */
  readonly bodyMs: number;
  /** Between two looks for connections that are too slow. */
  readonly checkMs: number;
  /** Between two lines of a stream. */
  readonly streamIdleMs: number;
  /** Without a byte either way, on whatever connection. */
  readonly socketIdleMs: number;
}

export const PATIENCE: Patience = {
  headersMs: HEADERS_TIMEOUT_MS,
  bodyMs: REQUEST_TIMEOUT_MS,
  checkMs: CONNECTIONS_CHECK_MS,
  streamIdleMs: STREAM_IDLE_MS,
  socketIdleMs: SOCKET_IDLE_MS,
};
