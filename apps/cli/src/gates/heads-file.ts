import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Recorded } from "@swoosh/gates/status";
import type { Json } from "@swoosh/kernel/values";
import { EvidenceFiles } from "./evidence-files.ts";
import { readKey, type KeyHolder } from "./node-ports.ts";
import type { GatesView } from "./status-of.ts";
import { readIfThere, writeWhole } from "./write-whole.ts";

const HEADS_FILE = "heads.json";
/** DSSE payload type. */
const HEADS_TYPE = "application/vnd.swoosh.gates-heads.v1+json";

/**
 * What the log said when it was closed, so that `status` need not open it: signed by the log's own key `ci`, and only believed while no
 * file of the log has changed since. It is a copy and decides nothing: whatever is odd about it, the log itself is asked.
 */
export function writeHeads(
  folder: string,
  ci: KeyHolder,
  heads: ReadonlyMap<string, Recorded | undefined>,
  at: number,
): void {
  const listed: Record<string, Json> = {};
  for (const [instance, recorded] of heads)
    listed[instance] =
      recorded === undefined
        ? null
        : { configuration: [...recorded.configuration], context: recorded.context };
  const body = { v: 1, at, stamp: stampOf(folder), heads: listed };
  writeWhole(
    join(folder, HEADS_FILE),
    JSON.stringify({ body, signature: ci.signPayload(HEADS_TYPE, body) }),
  );
}

/** undefined: there is none that can be believed. */
export function readHeads(folder: string): GatesView | undefined {
  const text = readIfThere(join(folder, HEADS_FILE));
  if (text === undefined) return undefined;
  try {
    const {
      body,
      signature,
    }: {
      readonly body: {
        readonly at: number;
        readonly stamp: string;
        readonly heads: Readonly<Record<string, Recorded | null>>;
      };
      readonly signature: string;
    } = JSON.parse(text);
    if (body.stamp !== stampOf(folder)) return undefined;
    // Ed25519 is deterministic: who holds the key signs again and compares.
    const ci = readKey(join(folder, "keys", "ci.pem"));
    const again = ci.signPayload(HEADS_TYPE, JSON.parse(JSON.stringify(body)));
    if (again !== signature) return undefined;
    return {
      at: Math.max(Date.now(), body.at),
      evidence: new EvidenceFiles(join(folder, "bytes")),
      recorded: (instance) => {
        const head = body.heads[instance];
        // Somebody who was not asked about when the log was closed.
        if (head === undefined) throw new UnknownHead(instance);
        return head ?? undefined;
      },
    };
  } catch {
    return undefined;
  }
}

/** The copy does not know this instance; the log does. */
export class UnknownHead extends Error {
  override readonly name = "UnknownHead";
}

/** Names, sizes and times of the log's files: any append, and any other writer, changes one of them. */
function stampOf(folder: string): string {
  const files = [
    ...readdirSync(join(folder, "log")).map((name) => join("log", name)),
    ...readdirSync(folder).filter((name) => /^(?:lock|superblock)/.test(name)),
  ];
  return files
    .toSorted()
    .map((name) => {
      const { size, mtimeNs, ino } = statSync(join(folder, name), { bigint: true });
      return `${name} ${size} ${mtimeNs} ${ino}`;
    })
    .join("\n");
}
