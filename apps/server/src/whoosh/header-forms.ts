import { createHash } from "node:crypto";
import { parseHlc, type Hlc } from "@swoosh/kernel";

/** Largest counter of a clock (transition API). */
const COUNTER_MAX = 2 ** 31 - 1;
const KEY = /^[^:@\s][^:\s]*(?::[^:\s]+){3}$/u;
const KEY_BYTES_MAX = 200;
const NS_DIGITS = 19;
const NS_IN_MS = 1_000_000n;

const WITH_OFFSET =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))#(\d{1,10})$/u;
const WALL_LOGICAL_NODE = /^(\d{1,19})-(\d{1,10})-[0-9a-f]{16}$/u;
const HEX_COUNTER_NODE = /^([0-9a-f]{8,12}):([0-9a-f]{1,8}):[A-Za-z0-9_.-]{1,128}$/u;
const OPAQUE = /^[0-9a-f]{4}:[0-9a-f]{4}:[0-9a-f]{4}$/u;

/** What an `X-HLC` says: a clock, null for a stamp that cannot be ordered beyond its own beat, undefined where it is no form. */
export function readHlcHeader(text: string): Hlc | null | undefined {
  const own = parseHlc(text);
  if (own !== undefined) return own;
  if (OPAQUE.test(text)) return null;
  const offset = WITH_OFFSET.exec(text);
  if (offset !== null) return clock(Date.parse(offset[1] ?? ""), Number(offset[2]));
  const go = WALL_LOGICAL_NODE.exec(text);
  if (go !== null) {
    const [, wall = "", counter = ""] = go;
    const isNs = wall.length === NS_DIGITS;
    return clock(isNs ? Number(BigInt(wall) / NS_IN_MS) : Number(wall), Number(counter));
  }
  const hex = HEX_COUNTER_NODE.exec(text);
  if (hex === null) return undefined;
  return clock(Number.parseInt(hex[1] ?? "", 16), Number.parseInt(hex[2] ?? "", 16));
}

/** The four forms, for whoever sent another. */
export const HLC_FORMS =
  "2025-10-19T08:00:00.000+00:00#1, 1760860800000-1-0000000000000001 (ms, counter, node) or 0199fbd0c000:1:node are";

function clock(wallMs: number, counter: number): Hlc | undefined {
  const isClock = Number.isSafeInteger(wallMs) && wallMs >= 0 && counter <= COUNTER_MAX;
  return isClock ? { wallMs, counter } : undefined;
}

/**
 * A key in the form of the contract is taken as it is; any other text stands for the same call of the same caller again, and
 * so does the same content (`same`) where there is no key.
 */
export function idemKeyOf(
  header: string | undefined,
  about: { readonly row: string; readonly caller: string; readonly same: string },
): string {
  const isOwnForm =
    header !== undefined && KEY.test(header) && Buffer.byteLength(header) <= KEY_BYTES_MAX;
  if (isOwnForm) return header;
  const { caller, row, same } = about;
  const told = header === undefined ? ["same", same] : ["key", header];
  const digest = createHash("sha256")
    .update(JSON.stringify([caller, row, ...told]))
    .digest("hex");
  return `whoosh:0:${row}:${digest.slice(0, 32)}`;
}
