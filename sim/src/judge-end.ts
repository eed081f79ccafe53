import {
  canonicalize,
  createEngine,
  createTree,
  leafHash,
  type Answer,
  type Effect,
  type Kernel,
  type StoredSnapshot,
  type World,
} from "@swoosh/kernel";
import {
  ManualClock,
  MemoryDisk,
  nodeHasher,
  RecordingTransport,
  SeededRandom,
} from "@swoosh/kernel/testing";
import { openFileJournal } from "@swoosh/server/journal";
import { checkHistory, createWorld } from "./history/check-history.ts";
import type { History } from "./history/history.ts";
import type { Judge } from "./history/recompute.ts";
import { messageOf, seenIn } from "./proposals.ts";
import { settle } from "./settle.ts";
import type { Simulation } from "./simulation.ts";
import type { Wished } from "./workload.ts";
import { JOURNAL_FOLDER } from "./world/life.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";

/** What was judged, and by whom. */
export interface Judged {
  readonly history: History;
  readonly judge: Judge;
}

/** The log as anybody finds it on the disk afterwards. */
interface Found {
  readonly log: readonly string[];
  readonly snapshots: readonly StoredSnapshot[];
  readonly evidence: ReadonlyMap<string, string>;
}

/**
 * Heals the world, and looks at everything: the node takes proposals again, everybody learns the truth, the whole history
 * is judged, and every snapshot gives the state that the whole log gives. `kernel`: a sound one, which decides each record anew.
 */
export async function judgeEnd(simulation: Simulation, kernel: Kernel): Promise<Judged | null> {
  const { findings, node, traffic } = simulation;
  await node.heal();
  await settle(2);
  const { engine } = node;
  if (engine === undefined) return null;
  await checkLiveness(simulation);
  const healedFrom = engine.status().size;
  await converge(simulation);
  await simulation.rest();
  await traffic.askAll(await engine.records(0, engine.status().size));
  await simulation.followers.converge(engine);
  await simulation.slowReader?.finish(engine.status().size);
  await node.stop();
  const found = await findLog(node.disk, simulation.signing.nodeId);
  const judge: Judge = {
    kernel,
    crypto: simulation.signing.crypto(),
    chart: (hash) => found.evidence.get(hash),
  };
  const history = { ops: simulation.recorder.ops, log: found.log };
  const verdict = await checkHistory(judge, history);
  for (const { check, claim } of verdict.findings) findings.expect(false, check, () => claim);
  if (verdict.findings.length > 0) return { history, judge };
  const { opened, world } = replayed(found.log, simulation, { judge, healedFrom });
  simulation.promises.settle(found.log, opened);
  checkPending(simulation, world);
  const tree = createTree(nodeHasher);
  for (const text of found.log) tree.append(leafHash(nodeHasher, text));
  const root = tree.root();
  for (const snapshot of [null, ...found.snapshots])
    await checkSnapshot(simulation, { found, root, world, snapshot });
  simulation.followers.sightings.settleRoots(found.log, findings);
  for (const claim of simulation.followers.claims) findings.expect(false, "followers", () => claim);
  return { history, judge };
}

/** Liveness: with everything healed, a proposal is accepted, and due timers fire. */
async function checkLiveness(simulation: Simulation): Promise<void> {
  const { clock, findings, node, traffic } = simulation;
  const { engine } = node;
  if (engine === undefined) return;
  simulation.moveClock(Math.max(0, engine.status().at - clock.now()) + 10_000);
  await settle(3);
  await simulation.rest();
  const { last } = simulation.workload;
  const key = `last:${simulation.seed}-${traffic.sent.length}`;
  const answer = await proposeNow(simulation, { signer: "operator", wish: last }, key);
  findings.expect(
    answer.kind === "accepted",
    "unknowns",
    () => `liveness: the healed node answers ${JSON.stringify(answer)}`,
  );
}

/** The fleet, where there is one, goes on until it has nothing left to do. */
async function converge(simulation: Simulation): Promise<void> {
  const { clock, findings, node, seed, workload } = simulation;
  const { engine } = node;
  if (engine === undefined || findings.all.length > 0) return;
  let count = 0;
  await workload.converge?.(new SeededRandom(seed).fork("convergence"), {
    get state() {
      return engine.state;
    },
    get outlook() {
      const now = Math.max(clock.now(), engine.status().at);
      return { now, instances: [...engine.instances()] };
    },
    propose: (wished) => proposeNow(simulation, wished, `healed:${seed}-${(count += 1)}`),
    pass: async (ms) => {
      simulation.moveClock(ms);
      await settle(3);
    },
    mark: (name) => simulation.mark(name),
    tell: (line) => simulation.tell(line),
    expect: (holds, claim) => findings.expect(holds, "fleet", claim),
  });
}

/** What somebody proposes who sees the present state, and is heard. */
async function proposeNow(
  simulation: Simulation,
  { signer, wish }: Wished,
  key: string,
): Promise<Answer> {
  const { clock, node, options, recorder, signing, traffic } = simulation;
  const { engine } = node;
  if (engine === undefined) throw new Error("nobody is there who could be asked");
  const message = messageOf(wish, {
    seen: seenIn(engine.state, wish.instance),
    signer: signing.signer(signer),
    now: clock.now(),
    number: traffic.sent.length,
    key: `sim:0:${key}`,
  });
  const op = recorder.propose(signer, message.text);
  options.feed?.note({ kind: "propose", text: message.text, dryRun: false });
  const answer = await engine.propose(message.text);
  if (answer.kind === "accepted") {
    const { index, replayed: again, text } = answer;
    recorder.proposed(op, { kind: "accepted", index, replayed: again, text });
  } else {
    const { code, guard, outcomes, reasons } = answer.refused;
    recorder.proposed(op, { kind: "refused", code, guard, outcomes, reasons });
  }
  return answer;
}

/** Opens the journal once more, as a stranger would. */
async function findLog(disk: SimulatedDisk, nodeId: Uint8Array): Promise<Found> {
  const journal = await openFileJournal({
    folder: JOURNAL_FOLDER,
    nodeId,
    disk,
    processes: { own: { pid: 1, boot: "end", space: "", start: "" }, isAlive: () => false },
  });
  const decoder = new TextDecoder();
  const evidence = new Map<string, string>();
  for (const path of disk.paths(`${JOURNAL_FOLDER}/evidence`)) {
    const hash = /(sha256-[0-9a-f]{64})\.json$/u.exec(path)?.[1];
    if (hash !== undefined) evidence.set(hash, decoder.decode(disk.durableContents(path)));
  }
  const log = await journal.read(0, journal.size);
  const snapshots = await journal.snapshots();
  await journal.close();
  return { log, snapshots, evidence };
}

/** The log's fold; on the way, what users say of their charts must hold in every state. */
function replayed(
  log: readonly string[],
  simulation: Simulation,
  given: {
    readonly judge: Judge;
    /** What is recorded from here on happened in a healed world, and counts for no mark. */
    readonly healedFrom: number;
  },
) {
  const { healedFrom, judge } = given;
  const { findings, followers, invariants, soundKernel: kernel } = simulation;
  const world = createWorld(judge);
  const opened = new Map<string, number>();
  for (const text of log) {
    const again = kernel.replay(world, text);
    if (!again.ok) throw new Error(`record ${again.index} was replayed before`);
    const before = new Map(
      again.accepted.heads.map(({ document: { meta } }) => [
        meta.instance,
        world.head(meta.instance)?.document,
      ]),
    );
    world.apply(again.accepted);
    const { at, index, proposal } = again.accepted.record;
    if (index < healedFrom) simulation.mark(`recorded: ${proposal.transition}`);
    for (const { document } of again.accepted.heads)
      for (const { chart, problem, source } of invariants) {
        const found =
          chart === document.meta.chart
            ? problem(document, at, before.get(document.meta.instance))
            : undefined;
        findings.expect(
          found === undefined,
          "invariants",
          () =>
            `${source} is ${found ?? ""} for ${document.meta.instance} after record ${index}, ${proposal.transition}: ${document.configuration.join(" ")} ${JSON.stringify(document.context)}`,
        );
      }
    for (const { id } of again.accepted.effects.opened) opened.set(id, index);
    followers.sightings.settleReads(index + 1, world, findings);
  }
  return { world, opened };
}

/** Nothing waits without an owner and a deadline, and no timer is overdue or was refused. */
function checkPending(simulation: Simulation, world: World): void {
  const { clock, findings, node } = simulation;
  for (const [instance, { reasons }] of node.engine?.status().stuck ?? [])
    findings.expect(
      false,
      "records",
      () => `liveness: a timer of ${instance} was refused: ${reasons.join("; ")}`,
    );
  for (const { document } of world.heads()) {
    const { effects, meta, timers } = document;
    for (const { due, id, owner } of effects)
      findings.expect(
        owner !== "" && ("at" in due || "beat" in due),
        "records",
        () => `effect ${id} waits without owner or deadline`,
      );
    for (const { due, id } of timers)
      findings.expect(
        !("at" in due) || due.at > clock.now(),
        "records",
        () => `liveness: timer ${id} of ${meta.instance} should have fired`,
      );
  }
}

/** K7: a snapshot, or none, and the records after it give what the whole log gives. */
async function checkSnapshot(
  simulation: Simulation,
  given: {
    readonly found: Found;
    /** Of the tree over the whole log. */
    readonly root: string;
    readonly world: World;
    readonly snapshot: StoredSnapshot | null;
  },
): Promise<void> {
  const { found, root, snapshot, world } = given;
  const transport = new RecordingTransport();
  const copy = new MemoryDisk();
  copy.written.push(...found.log);
  copy.durable = found.log.length;
  const journal = copy.open();
  const engine = await createEngine(simulation.soundKernel, {
    // Time stands long before the log: nothing becomes due.
    clock: new ManualClock(0),
    journal: {
      size: journal.size,
      term: journal.term,
      append: (batch) => journal.append(batch),
      read: (from, limit) => journal.read(from, limit),
      snapshots: async () => (snapshot === null ? [] : [snapshot]),
      saveSnapshot: (files) => journal.saveSnapshot(files),
      evidence: async (hash) => found.evidence.get(hash),
      saveEvidence: (hash, text) => journal.saveEvidence(hash, text),
      // No index of keys: all of them are read from the records.
      keys: async () => null,
    },
    crypto: simulation.signing.crypto(),
    random: new SeededRandom(0),
    transport,
  });
  const { snapshotIndex } = engine.status().recovery;
  const place = snapshotIndex === null ? "no snapshot" : `the snapshot at ${snapshotIndex}`;
  if (snapshotIndex !== null) simulation.mark("snapshot checked");
  const { findings } = simulation;
  findings.expect(
    engine.checkpoint().size === found.log.length,
    "chain",
    () => `K7: ${place} gives ${engine.checkpoint().size} records of ${found.log.length}`,
  );
  findings.expect(
    engine.checkpoint().root === root,
    "chain",
    () => `K7: ${place} gives another tree over the same records`,
  );
  const handedOut = transport.departures.flatMap((departure) =>
    departure.kind === "dispatch" ? [departure.effect] : [],
  );
  const open = [...world.heads()].flatMap(({ document }) => document.effects);
  findings.expect(
    effectsText(handedOut) === effectsText(open),
    "chain",
    () => `K7: ${place} hands out other effects than the whole log leaves open`,
  );
  for (const { document, hash } of world.heads())
    findings.expect(
      engine.state.head(document.meta.instance)?.hash === hash,
      "chain",
      () => `K7: ${place} gives another ${document.meta.instance}`,
    );
}

function effectsText(effects: readonly Effect[]): string {
  return effects
    .map((effect) => canonicalize({ ...effect }))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join("\n");
}
