import { join } from "node:path";
import { REDACTION_CHART } from "@swoosh/protocol";
import type { BlobStore } from "../evidence/blob-store.ts";
import { dropIndexesWith, INDEX_FOLDER } from "../ingest/search-index.ts";
import type { RecordHub } from "./record-hub.ts";

const ORDER = new RegExp(`^${REDACTION_CHART}/([0-9a-f]{64})$`);
const MARK = `"${REDACTION_CHART}/`;

/**
 * Erases what the log says must go: all that it said before, because a crash may have come between a record and its effect, and a
 * backup may have brought bytes back; and whatever it says from here on, once that is durable.
 */
export function keepRedactions(given: {
  readonly hub: Pick<RecordHub, "onRecord">;
  readonly instances: Iterable<string>;
  readonly blobs: BlobStore;
  /** Of the data. */
  readonly folder: string;
}): void {
  const { blobs, folder, hub, instances } = given;
  const erase = (instance: string): void => {
    const digits = ORDER.exec(instance)?.[1];
    if (digits === undefined) return;
    blobs.redact(`sha256-${digits}`);
    dropIndexesWith(join(folder, INDEX_FOLDER), `sha256-${digits}`);
  };
  for (const instance of instances) erase(instance);
  hub.onRecord(({ text }) => {
    if (text.includes(MARK)) erase(instanceIn(text));
  });
}

/** A record stands in the log because its chart let it: an instance of this name is an order. */
function instanceIn(text: string): string {
  const { proposal }: { readonly proposal: { readonly instance?: string } } = JSON.parse(text);
  return proposal.instance ?? "";
}
