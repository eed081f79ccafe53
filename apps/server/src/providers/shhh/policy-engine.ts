import { FINDINGS_KEPT_MAX, graver, type PolicyScan, type PolicyVerdict } from "./policy-scan.ts";
import type { PolicyScanner } from "./policy-scanner.ts";

/** The port to SHHH: who judges bytes. What it gives holds rules, places and salted hashes, never a secret. */
export interface PolicyEngine {
  /** In words, for people. */
  readonly address: string;
  /** Of at most `JUDGED_BYTES_MAX` bytes. Rejects with `PolicyAway` where no verdict can be had: then nothing may be kept. */
  judge(bytes: Uint8Array, place: string): Promise<PolicyScan>;
}

/** No verdict can be had now; later perhaps. */
export class PolicyAway extends Error {
  override readonly name = "PolicyAway";
}

export const JUDGED_BYTES_MAX = 1_048_576;
/** Bytes of the piece before that are judged again, so that a secret on the border is seen whole. */
const OVERLAP_BYTES = 16_384;

/** The built-in scanner as an engine. */
export class ScannerEngine implements PolicyEngine {
  readonly address = "built in";
  readonly #scanner: PolicyScanner;

  constructor(scanner: PolicyScanner) {
    this.#scanner = scanner;
  }

  async judge(bytes: Uint8Array, place: string): Promise<PolicyScan> {
    return this.#scanner.scanBytes(bytes, place);
  }
}

/** Bytes of any length, piece by piece. */
export async function judgeAll(
  engine: PolicyEngine,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  place: string,
): Promise<PolicyScan> {
  const joined = new Joined();
  let held = Buffer.alloc(0);
  let lines = 0;
  let isFirst = true;
  const judge = async (piece: Uint8Array): Promise<void> => {
    joined.add(await engine.judge(piece, place), lines);
    isFirst = false;
  };
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= JUDGED_BYTES_MAX) {
      await judge(held.subarray(0, JUDGED_BYTES_MAX));
      const next = JUDGED_BYTES_MAX - OVERLAP_BYTES;
      for (const byte of held.subarray(0, next)) if (byte === NEWLINE) lines += 1;
      held = held.subarray(next);
    }
  }
  // What is left of the last piece was judged already, where nothing came behind it.
  if (isFirst || held.length > OVERLAP_BYTES) await judge(held);
  return joined.scan();
}

const NEWLINE = 10;

/** Scans of pieces of one file. */
class Joined {
  #version = 0;
  #verdict: PolicyVerdict = "allow";
  readonly #findings = new Map<string, PolicyScan["findings"][number]>();
  #unnamed = 0;

  add({ count, findings, policyVersion, verdict }: PolicyScan, lines: number): void {
    this.#version = Math.max(this.#version, policyVersion);
    this.#verdict = graver(this.#verdict, verdict);
    this.#unnamed += Math.max(0, count - findings.length);
    for (const finding of findings) {
      const line = finding.line === 0 ? 0 : finding.line + lines;
      // Once where two pieces overlap.
      this.#findings.set(`${finding.rule} ${line} ${finding.hash}`, { ...finding, line });
    }
  }

  scan(): PolicyScan {
    return {
      policyVersion: this.#version,
      verdict: this.#verdict,
      count: this.#findings.size + this.#unnamed,
      findings: [...this.#findings.values()].slice(0, FINDINGS_KEPT_MAX),
    };
  }
}
