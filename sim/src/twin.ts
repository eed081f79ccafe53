import { readFileSync } from "node:fs";
import { createTree, leafHash, type CompiledChart } from "@swoosh/kernel";
import { createNodeCrypto, nodeHasher } from "@swoosh/kernel/testing";
import { createServerKernel } from "@swoosh/server/verify";
import { createTestPorts, readCharts, SHIPPED_CHARTS } from "@swoosh/server";
import { createBeginning, START_MS, type Beginning } from "./beginning.ts";
import { FAULT_KINDS } from "./faults.ts";
import { Feed, type FedStep } from "./feed.ts";
import type { Finding } from "./history/finding.ts";
import { createWorld } from "./history/check-history.ts";
import { judgeEnd } from "./judge-end.ts";
import { CHARTS } from "./real/live-server.ts";
import { remembering } from "./sim-charts.ts";
import { Simulation } from "./simulation.ts";
import type { Workload } from "./workload.ts";
import type { Signing } from "./world/signing.ts";

/** Seed of keys and random numbers in both worlds. */
export const TWIN_SEED = "twin";
/** Name of both installations. */
export const TWIN_NAME = "sim";

/** What one seed left in the simulator, and how another node gets there. */
export interface TwinSeed {
  readonly findings: readonly Finding[];
  readonly steps: readonly FedStep[];
  readonly log: readonly string[];
  readonly root: string;
  readonly hashes: ReadonlyMap<string, string>;
}

/**
 * Seeds without faults, one behind the other on one log, in a world that a real server can repeat: its charts, its kernel,
 * real signatures, and the random numbers and keys of `--test-ports`.
 */
export class TwinWorld {
  #beginning: Beginning;

  private constructor(beginning: Beginning) {
    this.#beginning = beginning;
  }

  static async create(): Promise<TwinWorld> {
    const kernel = remembering(createServerKernel());
    const identity = identityOf(kernel);
    const known = (name: string) => (name === identity.name ? identity : undefined);
    const others = readCharts(kernel, [SHIPPED_CHARTS, ...CHARTS], known).filter(
      ({ hash }) => hash !== identity.hash,
    );
    return new TwinWorld(
      await createBeginning({ kernel, identity, others }, { signing: realSigning() }),
    );
  }

  /** What was proposed to make the world that seeds begin with. */
  get begun(): readonly FedStep[] {
    return this.#beginning.ops.flatMap((op) =>
      op.kind === "propose"
        ? [{ event: { kind: "propose", text: op.request, dryRun: false }, size: 0 } as const]
        : [],
    );
  }

  /** Plays a seed on what the seeds before it left. */
  async play(seed: number): Promise<TwinSeed> {
    const feed = new Feed();
    const beginning = this.#beginning;
    const simulation = new Simulation(
      { ...beginning, workload: () => lastOf(beginning.workload(), seed) },
      seed,
      { without: new Set(FAULT_KINDS), feed },
    );
    await simulation.run();
    const judged = await judgeEnd(simulation, beginning.charts.kernel);
    const log = judged?.history.log ?? [];
    const tree = createTree(nodeHasher);
    for (const text of log) tree.append(leafHash(nodeHasher, text));
    this.#beginning = {
      ...beginning,
      disk: simulation.node.disk,
      ops: simulation.recorder.ops,
      endMs: simulation.clock.now(),
      records: log,
    };
    return {
      findings: simulation.findings.all,
      steps: feed.steps,
      log,
      root: tree.root(),
      hashes: judged === null ? new Map() : hashesOf(judged.judge, log),
    };
  }
}

/** Ends on an instance that no seed before it ended on: they share a log, and an order is full after ten. */
function lastOf(workload: Workload, seed: number): Workload {
  const { last } = workload;
  return { ...workload, last: { ...last, instance: `${last.instance}-${seed}` } };
}

/** Of each instance's document, after the whole log. */
function hashesOf(
  judge: Parameters<typeof createWorld>[0],
  log: readonly string[],
): ReadonlyMap<string, string> {
  const world = createWorld(judge);
  for (const text of log) {
    const again = judge.kernel.replay(world, text);
    if (again.ok) world.apply(again.accepted);
  }
  return new Map([...world.heads()].map(({ document, hash }) => [document.meta.instance, hash]));
}

function identityOf(kernel: ReturnType<typeof createServerKernel>): CompiledChart {
  const text = readFileSync(`${SHIPPED_CHARTS}/identity.yaml`, "utf8");
  const { chart } = kernel.loadChartText(text);
  if (chart === undefined) throw new Error("identity.yaml does not load");
  return chart;
}

function realSigning(): Signing {
  const ports = () => createTestPorts({ seed: TWIN_SEED, nowMs: START_MS });
  const { key } = ports();
  const node = key("node");
  const { verify } = createNodeCrypto({ hasher: nodeHasher, seed: new Uint8Array(32) });
  return {
    nodeId: node.publicKey,
    crypto: () => ({ node: node.identity, sign: (bytes) => node.signBytes(bytes), verify }),
    signer: (name) => {
      const own = key(name);
      return { key: own.identity, sign: (type, payload) => own.sign(type, payload) };
    },
    random: () => ports().random,
  };
}
