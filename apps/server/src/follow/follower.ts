import {
  chartsNamedBy,
  decodeRecord,
  hashOfCanonical,
  JournalError,
  leafHash,
  NOTE_ED25519,
  openNote,
  parseCheckpoint,
  publicKeyOf,
  Replica,
  type Checkpoint,
  type Clock,
  type Kernel,
  type Note,
} from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import type { FileJournal } from "../journal/file-journal.ts";
import { openFileJournal } from "../journal/open-file-journal.ts";
import { isThere } from "../journal/whole-file.ts";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { NodeProblem } from "../node/node-problem.ts";
import { systemClock } from "../node/system-clock.ts";
import { FollowRefused } from "./follow-refused.ts";
import { followerFolder, type FollowerFolder } from "./follower-folder.ts";
import { thisMachine, type FollowerMachine } from "./follower-machine.ts";
import { keepFork, type ForkEvidence } from "./keep-fork.ts";
import { BATCH_RECORDS, SNAPSHOT_RECORDS } from "./limits.ts";
import type { LogFeed } from "./log-feed.ts";
import { Witness } from "./witness.ts";

export { signedCheckpoint } from "../log/signed-checkpoint.ts";
export { FollowRefused } from "./follow-refused.ts";
export type { FollowerMachine } from "./follower-machine.ts";
export type { LogFeed } from "./log-feed.ts";

export interface FollowerOptions {
  /** Of its own; made where it is missing. */
  readonly folder: string;
  readonly feed: LogFeed;
  /** Pins: the key of the node that signs the log, and the leaf of record 0. Left out: whatever the first contact says. */
  readonly originKey?: string;
  readonly firstLeaf?: string;
  /** Records that are asked for, and made durable, together. */
  readonly batchRecords?: number;
  /** Records after which a snapshot is taken. */
  readonly snapshotRecords?: number;
  readonly segmentBytes?: number;
  readonly clock?: Clock;
  readonly kernel?: Kernel;
  /** This machine unless given. */
  readonly machine?: FollowerMachine;
}

interface LogNode {
  /** Of its key. */
  readonly raw: Uint8Array;
  readonly identity: string;
  readonly origin: string;
}

interface Opened {
  readonly node: LogNode;
  readonly journal: FileJournal;
  readonly replica: Replica;
  readonly witness: Witness;
}

/**
 * Follows a log: takes its records one by one, each decided again and its signature checked, keeps them in a journal of its
 * own, and cosigns the heads that its server signs. Owns that journal, the state, the witness's key.
 *
 * FW1 a record is kept only if it follows the one before, gives its own bytes again, and is signed.
 * FW2 a head is cosigned only when every record below it is durable here and gives its root.
 * FW3 what is not the log that was followed so far is refused, with what proves it; nothing of it is taken.
 */
export class Follower {
  readonly paths: FollowerFolder;
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly journal: FileJournal;
  readonly replica: Replica;
  readonly witness: Witness;
  readonly feed: LogFeed;
  readonly #machine: FollowerMachine;
  readonly #node: LogNode;
  readonly #options: FollowerOptions;
  readonly #listeners = new Set<() => void>();
  #lastText: string | null = null;
  /** The last record that both have was compared since this follower was opened. */
  #isSame = false;
  #sinceSnapshot = 0;
  /** When all that the server had was here, ms; null: not since it was opened. */
  #caughtUpAt: number | null = null;

  private constructor(options: FollowerOptions, paths: FollowerFolder, opened: Opened) {
    const { clock = systemClock, feed, kernel = createServerKernel() } = options;
    this.paths = paths;
    this.kernel = kernel;
    this.clock = clock;
    this.feed = feed;
    this.journal = opened.journal;
    this.replica = opened.replica;
    this.witness = opened.witness;
    this.#machine = options.machine ?? thisMachine;
    this.#node = opened.node;
    this.#options = options;
    this.#sinceSnapshot = opened.replica.recovery.replayed;
  }

  /**
   * Opens its folder where it stopped; a new one asks the server for record 0 first. Rejects with `NodeProblem` where a pin
   * says that this is another log, else as `openFileJournal` and the feed do.
   */
  static async open(options: FollowerOptions): Promise<Follower> {
    const kernel = options.kernel ?? createServerKernel();
    const machine = options.machine ?? thisMachine;
    const { disk, processes } = machine;
    const paths = followerFolder(options.folder);
    if (isThere(disk, paths.nodeKey))
      throw new NodeProblem(
        `${options.folder} is the folder of a node that writes: ${paths.nodeKey} is there; a follower needs one of its own`,
      );
    const first = machine.firstRecord(paths.journal) ?? (await options.feed.records(0, 1))[0];
    if (first === undefined)
      throw new NodeProblem(`${options.feed.url} has no records yet; follow it when it has`);
    const node = nodeOf(first, options);
    machine.makeFolders(paths);
    const segment =
      options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes };
    // The log is that node's: its files carry its id, so that the node itself could go on from this copy.
    const opening = { folder: paths.journal, nodeId: node.raw, disk, processes, ...segment };
    const journal = await openFileJournal(opening);
    try {
      const replica = await Replica.open(kernel, journal);
      const witness = new Witness(machine.witnessKey(paths.witnessKey), {
        origin: node.origin,
        path: paths.cosigned,
        disk,
      });
      const opened = { journal, node, replica, witness };
      const follower = new Follower({ ...options, kernel }, paths, opened);
      if (journal.size > 0) [follower.#lastText = null] = await journal.read(journal.size - 1, 1);
      return follower;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** ms since all that the server had was known to be here; null: not since this follower was opened. */
  get ageMs(): number | null {
    return this.#caughtUpAt === null ? null : Math.max(0, this.clock.now() - this.#caughtUpAt);
  }

  /** Told after records became durable here; gives what ends it. */
  onRecord(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes everything up to the head that the server signs now, and cosigns that. Rejects with `FollowRefused` where the log is
   * not the one that was followed or a record cannot be taken, with `JournalError` where this machine's disk fails, and with
   * whatever the feed rejects with, after which it may be called again.
   */
  async catchUp(): Promise<void> {
    const asOf = this.clock.now();
    const text = await this.feed.checkpoint();
    const { checkpoint, note } = this.#headIn(text);
    const { batchRecords = BATCH_RECORDS, snapshotRecords = SNAPSHOT_RECORDS } = this.#options;
    if (checkpoint.size < this.replica.size) await this.#refuseFork(checkpoint.size, text);
    if (!this.#isSame) await this.#compareLast(checkpoint.size, text);
    while (this.replica.size < checkpoint.size) {
      const from = this.replica.size;
      const limit = Math.min(batchRecords, checkpoint.size - from);
      const records = await this.feed.records(from, limit);
      if (records.length === 0)
        throw new Error(
          `${this.feed.url} signs for ${checkpoint.size} records and gives no ${from}`,
        );
      await this.#take(records.slice(0, limit), { size: checkpoint.size, text });
      if (this.#sinceSnapshot >= snapshotRecords) await this.snapshot();
    }
    if (this.replica.root() !== checkpoint.root) await this.#refuseFork(checkpoint.size, text);
    this.witness.cosign(note, {
      size: checkpoint.size,
      timestampS: Math.floor(this.clock.now() / 1000),
    });
    this.#caughtUpAt = asOf;
  }

  async snapshot(): Promise<void> {
    if (this.replica.size === 0) return;
    this.#sinceSnapshot = 0;
    const taken = await this.replica.snapshot();
    if (taken.kind === "failed") throw new JournalError("failed", taken.message);
  }

  async close(): Promise<void> {
    try {
      await this.snapshot();
    } finally {
      await this.journal.close();
    }
  }

  /** The head in a note that the log's node has signed. */
  #headIn(text: string): { readonly checkpoint: Checkpoint; readonly note: Note } {
    const parsed = parseCheckpoint(text);
    if (!parsed.ok) throw new Error(`${this.feed.url} gives no checkpoint: ${parsed.problem}`);
    const { identity: node, origin, raw: key } = this.#node;
    const opened =
      parsed.checkpoint.origin !== origin
        ? undefined
        : openNote(hasher, parsed.note, {
            keys: [{ key, name: origin, type: NOTE_ED25519 }],
            verify: ({ key: by, message, signature }) =>
              this.#machine.noteHolds(signature, message, by),
          });
    if (opened?.ok === true) return parsed;
    const why = opened === undefined ? `it is of ${parsed.checkpoint.origin}` : opened.problem;
    const evidence = this.#keep({ index: this.replica.size, checkpoint: text });
    throw new FollowRefused("forked", {
      index: this.replica.size,
      evidence,
      problem: `the checkpoint of ${this.feed.url} is not one of ${origin}, which ${node} signs: ${why}`,
    });
  }

  async #compareLast(theirSize: number, checkpoint: string): Promise<void> {
    const last = this.replica.size - 1;
    if (last >= 0) {
      const [theirs] = await this.feed.records(last, 1);
      if (theirs === undefined || theirs !== this.#lastText)
        await this.#refuseFork(theirSize, checkpoint);
    }
    this.#isSame = true;
  }

  async #take(
    texts: readonly string[],
    head: { readonly size: number; readonly text: string },
  ): Promise<void> {
    const firstIndex = this.replica.size;
    const taken: string[] = [];
    let stop: unknown = null;
    try {
      for (const text of texts) {
        const problem = await this.#problemOf(text);
        if (problem !== null) {
          stop = new Refused(problem, text);
          break;
        }
        taken.push(text);
        this.#lastText = text;
      }
    } catch (error) {
      // The server went away in between: what was taken before is kept.
      stop = error;
    }
    if (taken.length > 0) {
      await this.journal.append({ firstIndex, records: taken, term: this.journal.term });
      this.#sinceSnapshot += taken.length;
      for (const listener of this.#listeners) listener();
    }
    if (stop instanceof Refused) await this.#refuse(stop, head);
    if (stop !== null) throw stop;
  }

  async #refuse(
    { problem, text }: Refused,
    head: { readonly size: number; readonly text: string },
  ): Promise<never> {
    if (problem === FORKED) return this.#refuseFork(head.size, head.text);
    const index = this.replica.size;
    throw new FollowRefused("unsound_record", {
      index,
      evidence: this.#keep({ index, theirs: text, checkpoint: head.text }),
      problem: `record ${index} of ${this.feed.url} is not what it must be: ${problem}`,
    });
  }

  /** null: it was taken. */
  async #problemOf(text: string): Promise<string | null> {
    const decoded = decodeRecord(text);
    if (!decoded.ok) return `${decoded.place}: ${decoded.problem}`;
    const { record } = decoded;
    const { end, size } = this.replica;
    if (record.index === size && record.prev !== end.leaf) return FORKED;
    if (!(await this.#machine.recordHolds(record)))
      return `the signature is not ${record.proposal.signer}'s over this proposal`;
    for (const hash of chartsNamedBy(text)) {
      if ((await this.journal.evidence(hash)) !== undefined) continue;
      const normal = await this.feed.chart(hash);
      if (normal === undefined) throw new Error(`${this.feed.url} does not give chart ${hash}`);
      const found = hashOfCanonical(hasher, normal);
      if (found !== hash) return `what is given as chart ${hash} hashes to ${found}`;
      await this.journal.saveEvidence(hash, normal);
    }
    const replicated = await this.replica.take(text);
    return replicated.ok ? null : replicated.problem;
  }

  /** FW3: finds the first record that differs, keeps both, and the head that was signed for the other log. */
  async #refuseFork(theirSize: number, checkpoint: string): Promise<never> {
    const index = await this.#firstDifference(Math.min(theirSize, this.journal.size));
    const [ours] = await this.journal.read(index, 1);
    const [theirs] = index < theirSize ? await this.feed.records(index, 1) : [];
    const told = (text: string | undefined): string =>
      text === undefined ? "nothing" : leafHash(hasher, text);
    const evidence = this.#keep({
      index,
      checkpoint,
      ...(ours === undefined ? {} : { ours }),
      ...(theirs === undefined ? {} : { theirs }),
      ...(this.witness.latest === null ? {} : { cosigned: this.witness.latest.text }),
    });
    throw new FollowRefused("forked", {
      index,
      evidence,
      problem:
        `the log of ${this.feed.url} is not the one that was followed: record ${index} has the leaf hash ${told(ours)} ` +
        `here and ${told(theirs)} there`,
    });
  }

  #keep(evidence: ForkEvidence): string {
    return keepFork(this.#machine.disk, this.paths.forks, evidence);
  }

  /** Records before a common one are common: each names the leaf before it. */
  async #firstDifference(size: number): Promise<number> {
    let [low, high] = [0, size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const [[ours], [theirs]] = [
        await this.journal.read(middle, 1),
        await this.feed.records(middle, 1),
      ];
      if (ours === theirs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A record that follows another one than the last that is here. */
const FORKED = "forked";

/** A record that was not taken, and why. */
class Refused {
  readonly problem: string;
  readonly text: string;

  constructor(problem: string, text: string) {
    this.problem = problem;
    this.text = text;
  }
}

function nodeOf(first: string, { feed, firstLeaf, originKey }: FollowerOptions): LogNode {
  const decoded = decodeRecord(first);
  const node = decoded.ok ? decoded.record.inputs?.["node"] : undefined;
  const raw = typeof node === "string" ? publicKeyOf(node) : undefined;
  if (!decoded.ok || typeof node !== "string" || raw === undefined)
    throw new NodeProblem(`record 0 of ${feed.url} names no node that signs`);
  const leaf = leafHash(hasher, first);
  if (originKey !== undefined && originKey !== node)
    throw new NodeProblem(`the log of ${feed.url} is signed by ${node}, not by ${originKey}`);
  if (firstLeaf !== undefined && firstLeaf !== leaf)
    throw new NodeProblem(`record 0 of ${feed.url} has the leaf ${leaf}, not ${firstLeaf}`);
  return { raw, identity: node, origin: decoded.record.proposal.origin };
}
