import { signedCheckpoint } from "../log/signed-checkpoint.ts";
import type { RunningNode } from "../node/open-node.ts";
import type { ReadNode } from "../read/read-node.ts";
import { given, refused } from "../read/reading.ts";
import { verifierKeyOf } from "./verifier-key-of.ts";

/** A running node as its readers see it: what is read is linearizable, and it signs the head of its log itself. */
export function leaderNode(node: RunningNode): ReadNode {
  const { blobs, clock, crypto, engine, journal, kernel, origin } = node;
  return {
    blobs,
    clock,
    crypto,
    engine,
    journal,
    kernel,
    origin,
    onRecord: (listener) => node.onRecord(listener),
    role: {
      leader: null,
      verifierKey: verifierKeyOf(node),
      checkpoint: () =>
        engine.checkpoint().size === 0 || engine.status().condition === "fenced"
          ? refused("fenced", "the engine has stopped itself; nothing is signed any more")
          : given(signedCheckpoint(node)),
      ageS: () => 0,
    },
  };
}
