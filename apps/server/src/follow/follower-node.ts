import { encodeVerifierKey, NOTE_ED25519, publicKeyOf, type EngineStatus } from "@swoosh/kernel";
import { readBlob } from "../evidence/blob-store.ts";
import { hasher } from "../hasher.ts";
import type { ReadNode } from "../read/read-node.ts";
import { given, refused } from "../read/reading.ts";
import type { Follower } from "./follower.ts";

/** A follower as its readers see it: what is read may be old, and the head that it shows is signed and cosigned. */
export function followerNode(follower: Follower, problems: () => readonly string[]): ReadNode {
  const { clock, feed, journal, kernel, paths, replica, witness } = follower;
  return {
    kernel,
    journal,
    clock,
    get origin() {
      return replica.state.origin;
    },
    blobs: { read: (hash) => readBlob(paths.blobs, hash) },
    // Served on the loopback alone, where nobody needs a session.
    crypto: { verify: async (attestations) => attestations.map(() => false) },
    engine: {
      state: replica.state,
      head: (instance) => replica.head(instance),
      instances: (from) => replica.instances(from),
      charts: () => replica.charts(),
      records: (from, limit) => journal.read(from, limit),
      checkpoint: () => ({ size: replica.size, root: replica.root() }),
      status: () => statusOf(follower, problems()),
    },
    onRecord: (listener) => follower.onRecord(listener),
    role: {
      leader: feed.url,
      get verifierKey() {
        const { node, origin } = replica.state;
        const key = publicKeyOf(node);
        return key === undefined
          ? ""
          : encodeVerifierKey(hasher, { key, name: origin, type: NOTE_ED25519 });
      },
      checkpoint: () =>
        witness.latest === null
          ? refused("overloaded", "no head was cosigned yet; ask again", { after_ms: 1_000 })
          : given(witness.latest.text),
      ageS: () => Math.floor((follower.ageMs ?? clock.now()) / 1000),
    },
  };
}

function statusOf({ journal, replica }: Follower, problems: readonly string[]): EngineStatus {
  return {
    condition: problems.length === 0 ? "ok" : "degraded",
    problems,
    fence: null,
    origin: replica.state.origin,
    term: journal.term,
    size: replica.size,
    at: replica.end.at,
    depths: { engine: 0, operators: 0, proposals: 0 },
    stuck: new Map(),
    snapshotIndex: replica.snapshotIndex,
    recovery: replica.recovery,
  };
}
