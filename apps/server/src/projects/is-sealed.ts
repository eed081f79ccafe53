import type { RunningNode } from "../node/open-node.ts";

const PAGE_RECORDS = 256;

/** Has the log noted the final hash of this instance? Reads from the record that ended it on. */
export async function isSealed(node: RunningNode, instance: string): Promise<boolean> {
  const from = node.engine.head(instance)?.index ?? 0;
  for (let next = from; ; next += PAGE_RECORDS) {
    const texts = await node.engine.records(next, PAGE_RECORDS);
    if (texts.length === 0) return false;
    for (const text of texts) {
      if (!text.includes("@seal")) continue;
      const { inputs, proposal } = JSON.parse(text) as {
        readonly inputs?: { readonly instance?: unknown };
        readonly proposal: { readonly transition: string };
      };
      if (proposal.transition === "@seal" && inputs?.instance === instance) return true;
    }
  }
}
