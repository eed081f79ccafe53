import type { Answer } from "../engine/answer.ts";
import { PROPOSAL_TYPE } from "../engine/dsse.ts";
import type { EngineKernel } from "../engine/engine-kernel.ts";
import type { EngineOptions } from "../engine/engine-options.ts";
import { createEngine, type Engine, type ProposeOptions } from "../engine/engine.ts";
import type { Crypto } from "../engine/ports.ts";
import { ABSENT_HASH, valueHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { JsonObject } from "../json/json.ts";
import { formatHlc, maxHlc, nextHlc, parseHlc } from "../reduce/hlc.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDisk } from "./memory-disk.ts";
import type { MemoryJournal } from "./memory-journal.ts";
import { nodeHasher } from "./node-hasher.ts";
import { RecordingTransport } from "./recording-transport.ts";
import { SeededRandom } from "./seeded-random.ts";
import type { Signer } from "./signer.ts";
import { createTestCrypto, createTestSigner } from "./test-crypto.ts";
import { identityChart, testKernel } from "./test-kernel.ts";

export const operator: Signer = createTestSigner(nodeHasher, "operator");

export interface TestEngineOptions extends EngineOptions {
  readonly kernel?: EngineKernel;
  readonly disk?: MemoryDisk;
  readonly clock?: ManualClock;
  readonly crypto?: Crypto;
  readonly random?: SeededRandom;
}

/** What a test proposes; everything that is left out is filled in as an honest client would. */
export interface TestProposal {
  readonly transition: string;
  readonly instance: string;
  readonly inputs?: JsonObject;
  readonly signer?: Signer;
  readonly key?: string;
  readonly head?: string;
  readonly hlc?: string;
}

/** Of all engines of one test file, so that a restart does not use a key again. */
let keys = 0;

/** An engine on memory doubles, and a client of it. */
export class TestEngine {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly disk: MemoryDisk;
  readonly journal: MemoryJournal;
  readonly transport: RecordingTransport;

  constructor(given: {
    readonly engine: Engine;
    readonly clock: ManualClock;
    readonly disk: MemoryDisk;
    readonly journal: MemoryJournal;
    readonly transport: RecordingTransport;
  }) {
    this.engine = given.engine;
    this.clock = given.clock;
    this.disk = given.disk;
    this.journal = given.journal;
    this.transport = given.transport;
  }

  /** The wire form of a proposal as of now. */
  wire(proposal: TestProposal): JsonObject {
    const signer = proposal.signer ?? operator;
    const head = this.engine.state.head(proposal.instance);
    const last = parseHlc(head?.document.hlc_last ?? "");
    const own = { wallMs: this.clock.now(), counter: 0 };
    const inputs = proposal.inputs ?? {};
    keys += 1;
    const body: JsonObject = {
      current_state_hash: proposal.head ?? head?.hash ?? ABSENT_HASH,
      hlc: proposal.hlc ?? formatHlc(last === undefined ? own : maxHlc(own, nextHlc(last))),
      idem_key: proposal.key ?? `test:0:${proposal.transition}:${keys}`,
      inputs_hash: valueHash(nodeHasher, inputs),
      instance: proposal.instance,
      origin: this.engine.state.origin,
      signer: signer.key,
      transition: proposal.transition,
    };
    return { ...body, inputs, signature: signer.sign(PROPOSAL_TYPE, body) };
  }

  propose(proposal: TestProposal, options?: ProposeOptions): Promise<Answer> {
    return this.engine.propose(canonicalize(this.wire(proposal)), options);
  }

  /** Proposes and fails the test where it is refused. Gives the index. */
  async mustPropose(proposal: TestProposal): Promise<number> {
    return mustAccept(await this.propose(proposal));
  }

  /** Registers `identity/<name>` with roles on everything. */
  async register(name: string, ...roles: readonly string[]): Promise<Signer> {
    const signer = createTestSigner(nodeHasher, name);
    await this.mustPropose({
      transition: "Identity_Register",
      instance: `identity/${name}`,
      inputs: {
        key: signer.key,
        kind: "human",
        roles: roles.map((role) => ({ role, scope: "*" })),
      },
    });
    return signer;
  }

  /** A new engine on what this one's disk kept, as after a restart of the process. */
  async reopen(options: TestEngineOptions = {}): Promise<TestEngine> {
    this.journal.crash();
    return openTestEngine({ disk: this.disk, clock: this.clock, ...options });
  }
}

export async function openTestEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  const clock = options.clock ?? new ManualClock();
  const disk = options.disk ?? new MemoryDisk();
  const journal = disk.open();
  const transport = new RecordingTransport();
  const crypto = options.crypto ?? createTestCrypto({ hasher: nodeHasher });
  const random = options.random ?? new SeededRandom(1);
  const engine = await createEngine(
    options.kernel ?? testKernel,
    { clock, journal, crypto, random, transport },
    {
      genesis: { name: "test", operator: operator.key, identityChart: identityChart() },
      ...options,
    },
  );
  return new TestEngine({ engine, clock, disk, journal, transport });
}

export function mustAccept(answer: Answer): number {
  if (answer.kind === "refused")
    throw new Error(`refused: ${answer.refused.code}: ${answer.refused.reasons.join("; ")}`);
  return answer.index;
}

export function codeOf(answer: Answer): string {
  return answer.kind === "refused" ? answer.refused.code : "accepted";
}

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 200; round += 1) await Promise.resolve();
}
