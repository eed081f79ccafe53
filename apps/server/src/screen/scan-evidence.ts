import { setImmediate as nextTurn } from "node:timers/promises";
import type { PolicyScan } from "../providers/shhh/policy-scan.ts";
import type { PolicyScanner } from "../providers/shhh/policy-scanner.ts";

/** What may be kept of evidence. */
export type ScreenedBytes =
  | { readonly kind: "clean"; readonly bytes: Uint8Array }
  | { readonly kind: "redacted"; readonly bytes: Uint8Array; readonly redactions: number }
  | { readonly kind: "denied"; readonly scan: PolicyScan };

/** Bytes that are searched in one turn of the event loop. */
const TURN_BYTES = 1_048_576;

/** Looks at evidence that is in memory as a whole; large ones piece by piece, so that others have their turn. */
export async function scanEvidence(
  scanner: PolicyScanner,
  bytes: Uint8Array,
  name: string,
): Promise<ScreenedBytes> {
  const scan = await scanWhole(scanner, bytes, name);
  if (scan.verdict === "allow") return { kind: "clean", bytes };
  if (scan.verdict === "deny" || isUtf16(bytes)) return { kind: "denied", scan };
  const redacted = scanner.redactBytes(bytes);
  const again = await scanWhole(scanner, redacted, name);
  if (again.verdict !== "allow") return { kind: "denied", scan: { ...scan, verdict: "deny" } };
  const redactions = scan.findings.filter(({ verdict }) => verdict === "redact").length;
  return { kind: "redacted", bytes: redacted, redactions };
}

async function scanWhole(
  scanner: PolicyScanner,
  bytes: Uint8Array,
  name: string,
): Promise<PolicyScan> {
  if (bytes.length <= TURN_BYTES) return scanner.scanBytes(bytes, name);
  const plain = isUtf16(bytes)
    ? Buffer.from(Buffer.from(bytes).toString("utf16le"), "utf8")
    : bytes;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < plain.length; from += TURN_BYTES) {
      await nextTurn();
      yield plain.subarray(from, from + TURN_BYTES);
    }
  }
  return scanner.scanStream(pieces(), name);
}

function isUtf16(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe;
}
