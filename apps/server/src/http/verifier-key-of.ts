import { encodeVerifierKey, NOTE_ED25519 } from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import type { RunningNode } from "../node/open-node.ts";

/** The key that signs this node's checkpoints, as C2SP verifier key; its name is the log's origin. */
export function verifierKeyOf({ key, origin }: RunningNode): string {
  return encodeVerifierKey(hasher, {
    type: NOTE_ED25519,
    key: key.publicKey,
    name: origin,
  });
}
