import type { RunningNode } from "../node/open-node.ts";

/**
 * Asks for a snapshot when so many records were made since the last one. At most one is asked for at a time; one that
 * fails is asked for again after as many records, and what failed is told, as is the index of one that is durable.
 */
export function keepSnapshots(
  node: RunningNode,
  given: {
    readonly everyRecords: number;
    readonly onTaken: (index: number) => void;
    readonly onFailure: (reason: string) => void;
  },
): () => void {
  let since = node.engine.status().recovery.replayed;
  let isTaking = false;
  const take = async (): Promise<void> => {
    isTaking = true;
    since = 0;
    try {
      const result = await node.engine.snapshot();
      if (result.kind === "taken") given.onTaken(result.index);
      else given.onFailure(result.message);
    } catch (error) {
      given.onFailure(error instanceof Error ? error.message : String(error));
    } finally {
      isTaking = false;
    }
  };
  return node.onRecord(() => {
    since += 1;
    if (since >= given.everyRecords && !isTaking) void take();
  });
}
