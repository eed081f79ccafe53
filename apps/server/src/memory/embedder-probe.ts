import type { Clock } from "@swoosh/kernel";
import { hostOf } from "../providers/egress/egress.ts";
import { reachProbe, type Admit } from "../providers/egress/reach.ts";
import { embedderAddress } from "./embedder-address.ts";
import type { MemorySettings } from "./memory-thread.ts";

/** As the embedder itself is asked: by the system's own look-up, whatever licences say. */
const directly: Admit = async (url) => ({ addresses: [hostOf(url)], onStop: () => () => {} });

/** That the embedder of memories takes no connection now, where one is asked over HTTP. */
export function embedderProbe(
  { embedder }: MemorySettings,
  clock: Clock,
): () => Promise<readonly string[]> {
  const url = embedderAddress(embedder);
  return reachProbe(url === undefined ? [] : [["embedder-url", url]], { admit: directly, clock });
}
