/** Why a controller ends or refuses a connection: codes of `reject` frames and of closing. */
export const CLOSE_CODES = [
  "frame_too_large",
  "bad_frame",
  "hello_required",
  "unauthorized",
  "incompatible",
  "server_full",
  "replaced",
  "stale",
  "credit_exceeded",
  "going_away",
] as const;
export type CloseCode = (typeof CLOSE_CODES)[number];

/** Status of the closing handshake (RFC 6455 §7.4.1), and the reason for people, at most 123 bytes. */
export interface Closing {
  readonly status: 1001 | 1008 | 1009;
  readonly reason: string;
}

export const CLOSINGS: Readonly<Record<CloseCode, Closing>> = {
  frame_too_large: { status: 1009, reason: "Frame too large" },
  bad_frame: { status: 1008, reason: "protocol-error" },
  hello_required: { status: 1008, reason: "hello-required" },
  unauthorized: { status: 1008, reason: "Unauthorized" },
  incompatible: { status: 1008, reason: "Incompatible protocol version" },
  server_full: { status: 1008, reason: "server-full" },
  replaced: { status: 1008, reason: "replaced by a newer connection" },
  stale: { status: 1008, reason: "no heartbeat" },
  credit_exceeded: { status: 1008, reason: "more frames than the credit" },
  going_away: { status: 1001, reason: "the controller stops; connect again" },
};
