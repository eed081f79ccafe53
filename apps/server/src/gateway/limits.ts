import { assert } from "@swoosh/kernel";
import { RECONNECT_MS_MAX } from "@swoosh/protocol";

/** Frames that a runner may send before the gateway has taken any; given again as they are taken. */
export const GATEWAY_CREDIT_FRAMES = 1_024;
/** Connections that are open at once, those that have not said hello among them. */
export const RUNNERS_MAX = 1_024;
/** Heartbeats without a word from a runner, after which its connection counts as dead. */
export const SILENT_BEATS_MAX = 3;
/** ms that agents of an earlier run of the server have to come back before they count as gone. */
export const COME_BACK_MS = 5_000;
/** Calls to one runner that wait for its credit. */
export const WAITING_CALLS_MAX = 1_024;

assert(RECONNECT_MS_MAX < COME_BACK_MS, "a runner comes back before it counts as gone");
