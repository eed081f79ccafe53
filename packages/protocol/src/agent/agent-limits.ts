/** Bounds of the protocol between controller and runner, with unit and reason. Lengths are UTF-16 units. */

/** Bytes of one frame: a hello of a full runner fits (fleet design §3). The socket enforces it before a frame is read. */
export const FRAME_BYTES_MAX = 262_144;
/** Agents on one connection: with their leases they fit one frame. */
export const RUNNER_AGENTS_MAX = 1_024;
export const CAPABILITIES_MAX = 32;
/** An agent serves one session of each kind at most, and some that end. */
export const AGENT_LEASES_MAX = 16;
/** Leases in a welcome: every agent's; where names are long, the frame's own bound comes first. */
export const WELCOME_LEASES_MAX = RUNNER_AGENTS_MAX * AGENT_LEASES_MAX;
/** Names of operations, events, capabilities and reasons. */
export const WORD_LENGTH_MAX = 64;
/** Of a message for people. */
export const MESSAGE_LENGTH_MAX = 1_024;
export const CALL_ID_LENGTH_MAX = 64;
/** A one-time token that lets a new runner in. */
export const JOIN_TOKEN_LENGTH_MAX = 512;

/** ms between heartbeats where the controller says nothing else, and the least and most that it may say. */
export const HEARTBEAT_MS = 15_000;
export const HEARTBEAT_MS_MIN = 100;
export const HEARTBEAT_MS_MAX = 60_000;
/** ms that a call may take. */
export const CALL_DEADLINE_MS_MAX = 3_600_000;
/** Frames that one side may send beyond what the other took: a stalled reader holds no more than this. */
export const CREDIT_FRAMES_MAX = 65_536;
/** ms at most that a runner waits before it connects again: less than a controller waits for those of before its restart. */
export const RECONNECT_MS_MAX = 4_000;
/** ms in which the first frame must have come. */
export const HANDSHAKE_MS = 8_000;
