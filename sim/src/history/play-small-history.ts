import type { JsonObject } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { messageOf, type SeenHead } from "../proposals.ts";
import { TEST_SIGNING } from "../world/signing.ts";
import { HistoryRecorder } from "./history-recorder.ts";
import type { CheckpointOp, History, ProposeAnswer, ProposeOp, ReadOp } from "./history.ts";
import { NOW_MS, type SmallBeginning } from "./small-beginning.ts";
import { SmallMachine } from "./small-machine.ts";

/** Operations of a small history, and how many are under way at once. */
const OPS_MAX = 12;
const UNDERWAY_MAX = 4;
const INSTANCES = ["shelf/a", "shelf/b"];

/** What a machine does wrong now and then. */
export const CROOKS = [
  "forgets keys",
  "loses records",
  "reads the past",
  "refuses by the past",
] as const;
export type Crook = (typeof CROOKS)[number];

type SmallClientOp = ProposeOp | ReadOp | CheckpointOp;

/** Under way. */
interface Running {
  readonly op: SmallClientOp;
  /** Ends it as it was answered; undefined: it did not take effect yet. */
  end?: () => void;
}

/** Some clients at once, on a machine that does one thing after the other: true, unless it is a crook. */
export async function playSmallHistory(
  beginning: SmallBeginning,
  given: { readonly random: SeededRandom; readonly crook: Crook | null },
): Promise<{ readonly history: History; readonly machine: SmallMachine }> {
  const play = new Play(beginning, given);
  await play.run();
  const { machine, recorder } = play;
  return { history: { ops: recorder.ops, log: machine.log }, machine };
}

class Play {
  readonly machine: SmallMachine;
  readonly recorder = new HistoryRecorder(() => NOW_MS);
  readonly #random: SeededRandom;
  readonly #crook: Crook | null;
  readonly #sent: string[] = [];
  readonly #running: Running[] = [];
  /** Nobody waits for them any more, and they may still take effect. */
  readonly #adrift: ProposeOp[] = [];
  #left: number;

  constructor(
    beginning: SmallBeginning,
    { crook, random }: { readonly random: SeededRandom; readonly crook: Crook | null },
  ) {
    this.machine = new SmallMachine(beginning);
    this.#random = random;
    this.#crook = crook;
    this.#left = 3 + random.below(OPS_MAX - 2);
  }

  async run(): Promise<void> {
    while (this.#left > 0 || this.#running.length > 0) {
      const mayBegin = this.#left > 0 && this.#running.length < UNDERWAY_MAX;
      if (mayBegin && (this.#running.length === 0 || this.#random.chance(40))) await this.#begin();
      else await this.#goOn();
    }
  }

  async #begin(): Promise<void> {
    this.#left -= 1;
    const name = `client ${this.#left}`;
    const instance = this.#random.pick(INSTANCES) ?? "";
    const dice = this.#random.below(10);
    if (dice < 3) this.#running.push({ op: this.recorder.read(name, instance) });
    else if (dice < 4) this.#running.push({ op: this.recorder.checkpoint(name) });
    else this.#running.push({ op: this.recorder.propose(name, await this.#request(instance)) });
  }

  async #request(instance: string): Promise<string> {
    const again = this.#random.chance(25) ? this.#random.pick(this.#sent) : undefined;
    if (again !== undefined) return again;
    const used = this.#random.chance(20) ? this.#random.pick(this.#sent) : undefined;
    const body: JsonObject = JSON.parse(used ?? "{}");
    const number = this.#sent.length;
    const key = String(body["idem_key"] ?? `sim:0:op:${number}`);
    // The same operation signed anew, now and then.
    const isSame = used !== undefined && this.#random.chance(60);
    const aim = isSame ? String(body["instance"]) : instance;
    const n = isSame ? Number(Object(body["inputs"]).n) : this.#random.below(3);
    const { text } = messageOf(
      { instance: aim, transition: "Shelf_Fill", inputs: { n } },
      {
        seen: { origin: this.machine.origin, head: await this.#seen(aim) },
        signer: TEST_SIGNING.signer("operator"),
        now: NOW_MS,
        number,
        key,
      },
    );
    this.#sent.push(text);
    return text;
  }

  /** Mostly the head as it is; or as it was, or will be if something is accepted that is under way. */
  async #seen(instance: string): Promise<SeenHead | undefined> {
    const { machine } = this;
    const { op } = this.#random.pick(this.#running) ?? {};
    if (op?.kind === "propose" && this.#random.chance(30)) {
      const { verdict } = await machine.foresee(op);
      const [head] = verdict.kind === "accepted" ? verdict.heads : [];
      if (head?.document.meta.instance === instance)
        return { hash: head.hash, hlc: head.document.hlc_last };
    }
    const size = this.#random.chance(75) ? machine.size : machine.anySize(this.#random);
    const head = machine.head(instance, size);
    return head && { hash: head.hash, hlc: head.document.hlc_last };
  }

  /** Something takes effect, ends, or is lost. */
  async #goOn(): Promise<void> {
    if (this.#adrift.length > 0 && this.#random.chance(30)) {
      const [op] = this.#adrift.splice(this.#random.below(this.#adrift.length), 1);
      if (op !== undefined && this.#random.chance(70)) await this.#propose(op);
      return;
    }
    const place = this.#random.below(this.#running.length);
    const running = this.#running[place];
    if (running === undefined) return;
    const { end, op } = running;
    if (this.#random.chance(10)) {
      this.#running.splice(place, 1);
      if (end === undefined && op.kind === "propose") this.#adrift.push(op);
    } else if (end === undefined) running.end = await this.#effect(op);
    else {
      this.#running.splice(place, 1);
      end();
    }
  }

  async #effect(op: SmallClientOp): Promise<() => void> {
    const { machine, recorder } = this;
    const random = this.#random;
    const isWrong = this.#crook === "reads the past" && random.chance(50);
    const size = isWrong ? machine.anySize(random) : machine.size;
    switch (op.kind) {
      case "read": {
        const answer = machine.read(op.instance, size);
        return () => recorder.wasRead(op, answer);
      }
      case "checkpoint": {
        const answer = machine.checkpoint(size);
        return () => recorder.wasChecked(op, answer);
      }
      default: {
        const answer = await this.#propose(op);
        return () => recorder.proposed(op, answer);
      }
    }
  }

  async #propose(op: ProposeOp): Promise<ProposeAnswer> {
    const { machine } = this;
    const crook = this.#random.chance(50) ? this.#crook : null;
    if (crook === "loses records") machine.loseLast();
    if (crook === "refuses by the past") {
      const { answer } = await machine.foresee(op, { size: machine.anySize(this.#random) });
      if (answer.kind === "refused") return answer;
    }
    return machine.propose(op, { forgetsKeys: crook === "forgets keys" });
  }
}
