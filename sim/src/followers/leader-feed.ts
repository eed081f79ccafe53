import type { Engine } from "@swoosh/kernel";
import { signedCheckpoint, type LogFeed } from "@swoosh/server/follower";
import { JOURNAL_FOLDER } from "../world/life.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";
import type { Signing } from "../world/signing.ts";

/** What a node gives those who follow it; `engine` is asked for each time, for lives end. */
export function createLeaderFeed(given: {
  readonly disk: () => SimulatedDisk;
  readonly engine: () => Engine | undefined;
  readonly signing: Signing;
}): LogFeed {
  const { disk, engine, signing } = given;
  const { sign } = signing.crypto();
  const key = { publicKey: signing.nodeId, signBytes: sign };
  const mustEngine = (): Engine => {
    const found = engine();
    if (found === undefined) throw new Error("simulated: nobody there");
    return found;
  };
  return {
    url: "https://leader.example",
    checkpoint: async () => {
      const there = mustEngine();
      return signedCheckpoint({ engine: there, key, origin: there.state.origin });
    },
    records: async (from, limit) => {
      try {
        return await mustEngine().records(from, limit);
      } catch (error) {
        // Over the wire an error of the server's disk is an answer like any other that is of no use.
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`simulated: the server answers 503: ${why}`, { cause: error });
      }
    },
    chart: async (hash) => {
      const bytes = disk().durableContents(`${JOURNAL_FOLDER}/evidence/${hash}.json`);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    arrived: async () => {},
  };
}
