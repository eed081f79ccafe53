import { findSecrets, isMarkedAsSamples, type FoundSecret } from "./find-secrets.ts";
import {
  FINDINGS_KEPT_MAX,
  graver,
  type PolicyFinding,
  type PolicyScan,
  type PolicyVerdict,
} from "./policy-scan.ts";
import { SECRET_LENGTH_MAX, type RuleSet } from "./secret-rule.ts";
import type { SaltedHash } from "./salted-hash.ts";

/** Units of text that are searched at once. */
const WINDOW_LENGTH = 1_048_576;
/** Units before a window that a pattern may look back at. */
const LOOK_BACK_LENGTH = 512;

export interface RedactedText {
  readonly text: string;
  readonly scan: PolicyScan;
}

/**
 * The scanner of SHHH: a text or a stream of bytes against a rule set. What it gives holds rules, places and salted hashes. It keeps
 * nothing between calls.
 */
export class PolicyScanner {
  readonly rules: RuleSet;
  readonly #hash: SaltedHash;

  constructor(rules: RuleSet, hash: SaltedHash) {
    this.rules = rules;
    this.#hash = hash;
  }

  scanText(text: string, place: string): PolicyScan {
    return this.#scanOf(findSecrets(this.rules, text), text, place);
  }

  /** The text with `[redacted <rule>]` for each secret that is not allowed. */
  redactText(text: string, place: string): RedactedText {
    const found = findSecrets(this.rules, text);
    return { text: withoutSecrets(text, found), scan: this.#scanOf(found, text, place) };
  }

  /** `text` alone, without what of it belongs to a secret of `before` and `text` together. */
  redactAfter(before: string, text: string): string {
    const found = findSecrets(this.rules, before + text, true, false).flatMap((one) => {
      const hidden = Math.max(before.length - one.at, 0);
      const secret = one.secret.slice(hidden);
      return secret === "" ? [] : [{ ...one, secret, at: one.at + hidden - before.length }];
    });
    return withoutSecrets(text, found);
  }

  /** One file that is in memory as a whole. */
  scanBytes(bytes: Uint8Array, place: string): PolicyScan {
    const text = textOf(bytes);
    const found = findSecrets(this.rules, text, !isBinary(bytes));
    return this.#withName(this.#scanOf(found, text, place), place);
  }

  /** The same file without the secrets that are not allowed. Bytes that are no secret stay as they are. */
  redactBytes(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    return Buffer.from(
      withoutSecrets(text, findSecrets(this.rules, text, !isBinary(bytes))),
      "latin1",
    );
  }

  /**
   * A file of any length, piece by piece, in bounded memory, as bytes (UTF-16 is not decoded here). However the stream is cut, the result is the same: it is searched in
   * windows of fixed places.
   */
  async scanStream(chunks: AsyncIterable<Uint8Array>, place: string): Promise<PolicyScan> {
    const windows = new Windows();
    const scans: PolicyScan[] = [];
    let lines = 0;
    let isText: boolean | undefined;
    let isSampleFile: boolean | undefined;
    const search = (window: TextWindow): void => {
      isSampleFile ??= isMarkedAsSamples(this.rules, window.text);
      const found = findSecrets(this.rules, window.text, isText ?? true, isSampleFile).filter(
        ({ at }) => at >= window.from && at < window.to,
      );
      scans.push(this.#scanOf(found, window.text.slice(window.from), place, window.from, lines));
      lines += count(window.text.slice(window.from, window.to), "\n");
    };
    for await (const chunk of chunks) {
      isText ??= chunk.length > 0 ? !isBinary(chunk) : undefined;
      for (const window of windows.add(chunk)) search(window);
    }
    for (const window of windows.end()) search(window);
    const verdict = scans.reduce<PolicyVerdict>((all, scan) => graver(all, scan.verdict), "allow");
    const joined: PolicyScan = {
      policyVersion: this.rules.version,
      verdict,
      count: scans.reduce((sum, scan) => sum + scan.count, 0),
      findings: scans.flatMap(({ findings }) => findings).slice(0, FINDINGS_KEPT_MAX),
    };
    return this.#withName(joined, place);
  }

  /** `text` begins `offset` units into what `found` counts from, and `lines` lines into the file. */
  #scanOf(
    found: readonly FoundSecret[],
    text: string,
    place: string,
    offset: number = 0,
    lines: number = 0,
  ): PolicyScan {
    const findings: PolicyFinding[] = [];
    let line = lines + 1;
    let counted = 0;
    for (const { at, rule, secret, verdict } of found.slice(0, FINDINGS_KEPT_MAX)) {
      line += count(text.slice(counted, at - offset), "\n");
      counted = at - offset;
      findings.push({ rule, verdict, place, line, hash: this.#hash(secret) });
    }
    return {
      policyVersion: this.rules.version,
      verdict: found.reduce<PolicyVerdict>((all, one) => graver(all, one.verdict), "allow"),
      count: found.length,
      findings,
    };
  }

  /** Some files are secrets by what they are, whatever is in them. */
  #withName(scan: PolicyScan, place: string): PolicyScan {
    const name = place.toLowerCase();
    if (!this.rules.keyFiles.some((ending) => name.endsWith(ending))) return scan;
    const finding: PolicyFinding = {
      rule: "key-file",
      verdict: "deny",
      place,
      line: 0,
      hash: this.#hash(place),
    };
    return {
      ...scan,
      verdict: "deny",
      count: scan.count + 1,
      findings: [finding, ...scan.findings].slice(0, FINDINGS_KEPT_MAX),
    };
  }
}

interface TextWindow {
  readonly text: string;
  /** Units of `text` where this window's own part begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** Cuts bytes into windows that overlap by what a pattern may need before and behind. */
class Windows {
  #text = "";
  /** Units of `#text` that were searched already. */
  #from = 0;

  *add(chunk: Uint8Array): Generator<TextWindow> {
    this.#text += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    while (this.#text.length - this.#from >= WINDOW_LENGTH + SECRET_LENGTH_MAX) {
      const to = this.#from + WINDOW_LENGTH;
      yield { text: this.#text.slice(0, to + SECRET_LENGTH_MAX), from: this.#from, to };
      const keep = Math.min(to, LOOK_BACK_LENGTH);
      this.#text = this.#text.slice(to - keep);
      this.#from = keep;
    }
  }

  *end(): Generator<TextWindow> {
    yield { text: this.#text, from: this.#from, to: this.#text.length };
  }
}

function withoutSecrets(text: string, found: readonly FoundSecret[]): string {
  let redacted = "";
  let from = 0;
  for (const { at, rule, secret, verdict } of found) {
    if (verdict === "allow") continue;
    redacted += `${text.slice(from, at)}[redacted ${rule}]`;
    from = at + secret.length;
  }
  return redacted + text.slice(from);
}

/** One unit a byte, so that a place in the text is a place in the file; UTF-16 as the text that it says. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer[0] === 0xff && buffer[1] === 0xfe
    ? buffer.toString("utf16le")
    : buffer.toString("latin1");
}

/** As git does it: a NUL among the first bytes. */
function isBinary(bytes: Uint8Array): boolean {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return !isUtf16 && bytes.subarray(0, 8_000).includes(0);
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1))
    found += 1;
  return found;
}
