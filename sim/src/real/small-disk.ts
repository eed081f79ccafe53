import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SeededRandom } from "@swoosh/kernel/testing";
import { HistoryRecorder } from "../history/history-recorder.ts";
import type { ProposeAnswer } from "../history/history.ts";
import { healthOf } from "./kill-sweep.ts";
import { LiveClient, operatorOf, type LiveAim, type WireRefusal } from "./live-client.ts";

/** A real file system of a few MB, in memory: it fills up, and has room again. */
export class SmallDisk {
  readonly mount: string;
  readonly data: string;
  readonly #ballast: string;

  /** Throws where mounting is not allowed. */
  constructor(megabytes: number) {
    this.mount = mkdtempSync(join(tmpdir(), "swoosh-small-"));
    this.data = join(this.mount, "data");
    this.#ballast = join(this.mount, "ballast");
    const options = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", this.mount];
    const mounted = spawnSync("mount", options, { encoding: "utf8" });
    if (mounted.status === 0) return;
    rmdirSync(this.mount);
    throw new Error(`a small tmpfs cannot be mounted: ${mounted.stderr}; run as root`);
  }

  /** Takes all the room that there is. */
  fill(): void {
    for (let bytes = 1_048_576; bytes >= 4_096;) {
      try {
        writeFileSync(this.#ballast, Buffer.alloc(bytes), { flag: "a" });
      } catch {
        // Whatever fitted is there; the next piece is smaller.
        bytes /= 2;
      }
    }
  }

  empty(): void {
    rmSync(this.#ballast);
  }

  unmount(): void {
    spawnSync("umount", ["--lazy", this.mount]);
    rmdirSync(this.mount);
  }
}

/** What a proposal came to, in one word. */
function wordOf(answer: ProposeAnswer | null): string {
  if (answer === null) return "silence";
  return answer.kind === "accepted" ? "accepted" : answer.code;
}

/** Clients of a real server, one after the other, each at work until it has heard what it waits for. */
export class PatientClients {
  readonly recorder = new HistoryRecorder(() => Date.now());
  readonly #refusals: WireRefusal[] = [];
  readonly #aim: LiveAim;
  #count = 0;

  private constructor(given: Pick<LiveAim, "url" | "origin" | "signer">) {
    this.#aim = {
      ...given,
      recorder: this.recorder,
      instances: new Set(),
      onRefused: (refusal) => this.#refusals.push(refusal),
    };
  }

  static async of(url: string, data: string): Promise<PatientClients> {
    const { origin } = await healthOf(url);
    return new PatientClients({ url, origin, signer: operatorOf(data) });
  }

  /** Proposes until something is answered with this word. */
  async workUntil(word: string): Promise<void> {
    this.#count += 1;
    const client = new LiveClient(`p${this.#count}`, this.#aim, new SeededRandom(this.#count));
    const since = this.recorder.ops.length;
    await client.run(() => this.words(since).includes(word));
  }

  /** As `workUntil`, but it waits a little between two proposals: the server needs time, not work. Gives how much, ms. */
  async knockUntil(word: string): Promise<number> {
    const since = performance.now();
    for (let last = ""; last !== word;) {
      await wait(KNOCK_MS);
      this.#count += 1;
      const client = new LiveClient(`k${this.#count}`, this.#aim, new SeededRandom(this.#count));
      const before = this.recorder.ops.length;
      await client.run(() => this.words(before).length > 0);
      last = this.words(before).at(-1) ?? "silence";
      if (last === "silence") throw new Error(`the server fell silent; ${word} was waited for`);
    }
    return performance.now() - since;
  }

  /** What was answered from this operation on. */
  words(since = 0): readonly string[] {
    return this.recorder.ops
      .slice(since)
      .flatMap((op) => (op.kind === "propose" ? [wordOf(op.answer)] : []));
  }

  /** Each status with its `Retry-After` that came with this code. */
  wires(code: string): ReadonlySet<string> {
    const found = this.#refusals.filter((refusal) => refusal.code === code);
    return new Set(found.map(({ retryAfter, status }) => `${status}, ${retryAfter}`));
  }

  /** All reasons that were given with this code. */
  reasons(code: string): ReadonlySet<string> {
    return new Set(
      this.recorder.ops.flatMap((op) =>
        op.kind === "propose" && op.answer?.kind === "refused" && op.answer.code === code
          ? op.answer.reasons
          : [],
      ),
    );
  }
}

const KNOCK_MS = 50;
