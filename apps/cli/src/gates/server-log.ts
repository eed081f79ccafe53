import type { Recorded } from "@swoosh/gates";
import type { Client, Signer } from "@swoosh/sdk";
import { hasher } from "../hasher.ts";
import { WorldError } from "../world-error.ts";
import type { EvidenceFiles } from "./evidence-files.ts";
import { GATE_CHARTS, type GatesLog, type LogAnswer, type Proposing } from "./gates-store.ts";
import { nodeClock, type KeyHolder } from "./node-ports.ts";

/** How long a server that does not answer is asked again, ms. */
const PATIENCE_MS = 2_000;
/** Charts whose instances fall or halt when a criterion of theirs does. */
const FOLLOWERS = ["ladder/", "lifecycle/"];

/**
 * A running server's log instead of our own. Heads are read once when it is opened, and again after each proposal what it can have moved: its own
 * instance, and the levels and lifecycles that a verdict joins. What others do meanwhile is seen by the server, which decides.
 */
export class ServerLog implements GatesLog {
  readonly origin: string;
  readonly #clientOf: (signer?: Signer) => Client;
  readonly #reader: Client;
  readonly #evidence: EvidenceFiles;
  readonly #heads = new Map<string, Recorded>();

  constructor(given: {
    readonly origin: string;
    readonly clientOf: (signer?: Signer) => Client;
    readonly evidence: EvidenceFiles;
  }) {
    this.origin = given.origin;
    this.#clientOf = given.clientOf;
    this.#reader = given.clientOf();
    this.#evidence = given.evidence;
  }

  at(): number {
    return nodeClock.now();
  }

  head(instance: string): Recorded | undefined {
    return this.#heads.get(instance);
  }

  /** Reads all heads of the gates' charts. */
  async load(): Promise<void> {
    for (const chart of GATE_CHARTS)
      for await (const { instance } of this.#reader.instances({ chart }))
        await this.#read(instance);
    await this.#read("identity/ci");
  }

  async #read(instance: string): Promise<void> {
    const answer = await this.#reader.state(instance);
    if (answer?.state === undefined) return;
    const { configuration, context } = answer.state;
    this.#heads.set(instance, { configuration, context });
  }

  async propose(by: KeyHolder, about: Proposing): Promise<LogAnswer> {
    const { instance, transition, inputs, justification } = about;
    const client = this.#clientOf({ key: by.identity, sign: async (bytes) => by.signBytes(bytes) });
    await this.#upload(client, inputs["evidence"]);
    const proposed = await client.propose(instance, transition, inputs, {
      ...(justification === undefined ? {} : { justification }),
    });
    if (proposed.kind === "refused") {
      const { code, guard = null, reasons, detail } = proposed.problem;
      return { kind: "refused", refused: { code, guard, reasons: reasons ?? [detail] } };
    }
    await this.#read(instance);
    for (const follower of this.#heads.keys())
      if (instance.startsWith("criterion/") && FOLLOWERS.some((one) => follower.startsWith(one)))
        await this.#read(follower);
    return { kind: "accepted", index: proposed.answer.index };
  }

  /** The bytes that a verdict names are the server's to keep as well: whoever reads its log can look at them. */
  async #upload(client: Client, evidence: unknown): Promise<void> {
    if (typeof evidence !== "string") return;
    const bytes = this.#evidence.read(evidence);
    if (bytes !== undefined) await client.putEvidence(bytes);
  }

  async records(): Promise<readonly string[]> {
    const all: string[] = [];
    for await (const { text } of this.#reader.journal()) all.push(text);
    return all;
  }

  async close(): Promise<void> {}
}

/** The log at an address. The server must know our runner's key as `identity/ci`-like: it is registered with the operator's key, once. */
export async function openServerLog(
  url: string,
  about: {
    readonly evidence: EvidenceFiles;
    readonly ci: KeyHolder;
    readonly operator: KeyHolder | undefined;
  },
): Promise<ServerLog> {
  if (!URL.canParse(url))
    throw new WorldError(`${url} is no address; write it as http://127.0.0.1:8080`);
  const { createClient, createWebPorts } = await import("@swoosh/sdk");
  const ports = createWebPorts(globalThis, { hasher });
  const clientOf = (signer?: Signer): Client =>
    createClient({
      url,
      ports,
      retry: { totalMs: PATIENCE_MS },
      ...(signer === undefined ? {} : { signer }),
    });
  try {
    const origin = await clientOf().origin();
    const log = new ServerLog({ origin, clientOf, evidence: about.evidence });
    await log.load();
    await register(log, about);
    return log;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "SdkError") throw error;
    throw new WorldError(`${url}: ${error.message}; is a server there (swoosh up)?`, {
      cause: error,
    });
  }
}

async function register(
  log: ServerLog,
  { ci, operator }: { readonly ci: KeyHolder; readonly operator: KeyHolder | undefined },
): Promise<void> {
  const known = log.head("identity/ci");
  if (known !== undefined && known.context["key"] === ci.identity) return;
  if (known !== undefined)
    throw new WorldError(
      `the server's runner of gates has another key (${String(known.context["key"])}); run where that key is, in .swoosh/gates/keys/ci.pem`,
    );
  if (operator === undefined)
    throw new WorldError(
      `the server does not know this repository's runner ${ci.identity}; give --key with an operator's key once, which registers it`,
    );
  const roles = GATE_CHARTS.map((chart) => ({ role: "ci", scope: `${chart}/*` }));
  const answer = await log.propose(operator, {
    instance: "identity/ci",
    transition: "Identity_Register",
    inputs: { key: ci.identity, kind: "service", roles },
  });
  if (answer.kind === "refused")
    throw new WorldError(
      `the server does not register the runner: ${answer.refused.code}: ${answer.refused.reasons.join("; ")}`,
    );
}
