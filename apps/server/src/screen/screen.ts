import type { JsonObject } from "@swoosh/kernel";
import { judgeAll, type PolicyEngine } from "../providers/shhh/policy-engine.ts";
import type { PolicyScan } from "../providers/shhh/policy-scan.ts";
import type { PolicyScanner } from "../providers/shhh/policy-scanner.ts";
import type { SaltedHash } from "../providers/shhh/salted-hash.ts";
import { scanEvidence, type ScreenedBytes } from "./scan-evidence.ts";
import { proposalLeaves, scanLeaves, valueLeaves } from "./scan-leaves.ts";

/** A secret that somebody tried to hand in, and where. */
export interface ScreenFinding {
  /** What was proposed to, or what the evidence was for: unchecked words of the sender. */
  readonly instance: string;
  /** Names what was found in an installation: an HMAC under its salt, in the form of a hash. */
  readonly subject: string;
  readonly scan: PolicyScan;
}

/** Acts on a finding that the policy denies; resolves when it is recorded. */
export type OnDenied = (finding: ScreenFinding) => Promise<void>;

/**
 * What comes in is looked at before anything of it is kept or logged: proposals, evidence, words of agents. Owns no state but who acts
 * on what is denied.
 *
 * N1 nothing that the policy denies or redacts gets past a door.
 * N2 what is told of a finding holds rule, place and salted hash, never the secret.
 */
export class Screen {
  /** For content and evidence: samples that their author vouches for pass. */
  readonly scanner: PolicyScanner;
  readonly #strict: PolicyScanner;
  readonly #hash: SaltedHash;
  #onDenied: OnDenied = async () => {};
  #engine: PolicyEngine | undefined;

  constructor(given: {
    readonly scanner: PolicyScanner;
    /** The same rules; nobody vouches for samples. */
    readonly strict: PolicyScanner;
    readonly hash: SaltedHash;
  }) {
    this.scanner = given.scanner;
    this.#strict = given.strict;
    this.#hash = given.hash;
  }

  /** Who acts on what is denied; until somebody does, it is refused and no more. */
  actWith(onDenied: OnDenied): void {
    this.#onDenied = onDenied;
  }

  /** An engine outside that is asked about content and evidence which the scanner lets pass. */
  askToo(engine: PolicyEngine | undefined): void {
    this.#engine = engine;
  }

  /** A proposal as it came; undefined: nothing is in it. */
  proposal(text: string): ScreenFinding | undefined {
    const { instance, leaves } = proposalLeaves(text);
    return this.#finding(instance, scanLeaves(this.#strict, leaves), text);
  }

  /** Inputs, or any other value, before they become part of a proposal of ours. */
  value(instance: string, value: JsonObject): ScreenFinding | undefined {
    const scan = scanLeaves(this.#strict, valueLeaves("inputs", value));
    return this.#finding(instance, scan, JSON.stringify(value));
  }

  /** Evidence as it came: as it is, without what is to be redacted, or nothing of it. Rejects with `PolicyAway` where the engine has no verdict. */
  async evidence(bytes: Uint8Array, name: string): Promise<ScreenedBytes> {
    const screened = await scanEvidence(this.scanner, bytes, name);
    if (this.#engine === undefined || screened.kind === "denied") return screened;
    const scan = await judgeAll(this.#engine, [screened.bytes], name);
    if (scan.verdict === "allow") return screened;
    // Versions of a policy are those of the rules here; an engine's stands in the names of its own.
    return { kind: "denied", scan: { ...scan, policyVersion: this.scanner.rules.version } };
  }

  /** Text for logs. */
  redact(text: string): string {
    return this.#strict.redactText(text, "log").text;
  }

  /** The second text as it may be told behind the first: a secret may begin in the one and end in the other. */
  redactAfter(before: string, text: string): string {
    return this.#strict.redactAfter(before, text);
  }

  /** The finding in evidence, as `actOn` takes it. */
  found(instance: string, scan: PolicyScan): ScreenFinding {
    const about = JSON.stringify(scan.findings);
    return { instance, scan, subject: this.#subject(about) };
  }

  async actOn(finding: ScreenFinding): Promise<void> {
    if (finding.scan.verdict === "deny") await this.#onDenied(finding);
  }

  #finding(instance: string, scan: PolicyScan, text: string): ScreenFinding | undefined {
    if (scan.verdict === "allow") return undefined;
    return { instance, scan, subject: this.#subject(text) };
  }

  #subject(text: string): string {
    return `sha256-${this.#hash(`one ${text}`).slice("salted-".length)}${this.#hash(`two ${text}`).slice("salted-".length)}`;
  }
}
