import process from "node:process";
import { JournalError } from "@swoosh/kernel";
import type { Log } from "../up/log.ts";
import { FollowRefused } from "./follow-refused.ts";
import { Follower, type FollowerOptions } from "./follower.ts";
import { followerNode } from "./follower-node.ts";
import { LOOK_AGAIN_MS, RETRY_FIRST_MS, RETRY_LAST_MS } from "./limits.ts";
import { serveFollower } from "./serve-follower.ts";

export type { LogFeed } from "./log-feed.ts";
export { FollowRefused } from "./follow-refused.ts";

export interface RunFollowerOptions extends FollowerOptions {
  /** On the loopback; 0 picks one. */
  readonly port: number;
}

export interface FollowIo {
  readonly log: Log;
  /** One line of JSON when reads are served. */
  ready(line: string): void;
}

/**
 * `swoosh follow`: catches up, serves reads, goes on until it is asked to stop. A server that cannot be reached is waited for,
 * and reads go on meanwhile with their age. Rejects with `FollowRefused`, or a `JournalError` of this machine's own disk, or,
 * where the folder is new and the server cannot be reached, with what the feed says.
 */
export async function runFollower(options: RunFollowerOptions, io: FollowIo): Promise<0> {
  const follower = await Follower.open(options);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => stop.abort(signal));
  try {
    const problems: string[] = [];
    // A new folder has no state to serve before the first round.
    if (follower.replica.size === 0) await follower.catchUp();
    const served = await serveFollower(
      followerNode(follower, () => problems),
      { port: options.port, onDefect: (error) => io.log("error", `a defect: ${String(error)}`) },
    );
    io.ready(readyLine(follower, served.url));
    try {
      await keepUp(follower, { stop: stop.signal, problems, io });
    } finally {
      await served.close();
    }
    io.log("info", "stopped");
    return 0;
  } finally {
    await follower.close();
  }
}

async function keepUp(
  follower: Follower,
  about: { readonly stop: AbortSignal; readonly problems: string[]; readonly io: FollowIo },
): Promise<void> {
  const { io, problems, stop } = about;
  let pauseMs = RETRY_FIRST_MS;
  while (!stop.aborted) {
    try {
      await follower.catchUp();
      if (problems.length > 0) io.log("info", `${follower.feed.url} answers again`);
      problems.length = 0;
      pauseMs = RETRY_FIRST_MS;
      await news(follower, stop);
    } catch (error) {
      if (error instanceof FollowRefused || error instanceof JournalError) throw error;
      if (stop.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      if (problems.length === 0) io.log("warn", `${follower.feed.url}: ${why}; it is tried again`);
      problems.splice(0, problems.length, `${follower.feed.url} cannot be followed now: ${why}`);
      await pause(pauseMs, stop);
      pauseMs = Math.min(2 * pauseMs, RETRY_LAST_MS);
    }
  }
}

/** Resolves when there is a record more, or it is time to look again, or nobody waits any more. */
async function news(follower: Follower, stop: AbortSignal): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  try {
    const arrived = follower.feed.arrived(follower.replica.size, signal);
    await Promise.race([arrived, pause(LOOK_AGAIN_MS, signal)]);
  } finally {
    over.abort();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
}

function readyLine({ feed, paths, replica, witness }: Follower, url: string): string {
  return JSON.stringify({
    ready: true,
    url,
    origin: replica.state.origin,
    data: paths.folder,
    pid: process.pid,
    follows: feed.url,
    witness: witness.verifierKey,
  });
}
