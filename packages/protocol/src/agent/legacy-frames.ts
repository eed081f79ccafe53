import type { Json } from "@swoosh/kernel";

/**
 * Frames of version 1.0.0, as legacy runners speak it: one connection for each agent, one hello every 30 s as heartbeat,
 * no answer to it. Members that this program does not use are kept out; unknown ones are borne, for old runners add some.
 */

/** Runner → controller. */
export interface LegacyHello {
  readonly type: "hello";
  readonly agentId: string;
  readonly botUserId?: string | null;
  readonly guildIds: readonly string[];
  readonly poolId?: string | null;
  /** Whatever its spelling was: protocolVersion, protocol_version, protocolversion or version; null where absent. */
  readonly protocolVersion: string | null;
  readonly ready: boolean;
  readonly runnerId?: string;
  readonly runnerSecret?: string;
  readonly tag?: string | null;
}

/** Runner → controller: all its guilds. */
export interface LegacyGuilds {
  readonly type: "guilds";
  readonly guildIds: readonly string[];
}

/** Runner → controller: a session ended on the agent, or (`add`) an asynchronous answer. */
export interface LegacyEvent {
  readonly type: "event";
  readonly event: string;
  readonly guildId?: string;
  readonly kind?: string;
  readonly reason?: string;
  readonly voiceChannelId?: string;
}

/** Runner → controller. */
export interface LegacyResponse {
  readonly type: "resp";
  readonly data?: Json;
  readonly error?: string;
  readonly id: string;
  readonly ok: boolean;
}

/** Controller → runner. */
export interface LegacyRequest {
  readonly type: "req";
  readonly agentId: string;
  readonly data: { readonly [name: string]: Json };
  readonly id: string;
  readonly op: string;
}

/** Controller → runner. */
export interface LegacyError {
  readonly type: "error";
  readonly error: string;
}

export type LegacyRunnerFrame = LegacyHello | LegacyGuilds | LegacyEvent | LegacyResponse;
export type LegacyControllerFrame = LegacyRequest | LegacyError;
