import { decodeRecord, type Answer, type Engine } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import type { Faults } from "./faults.ts";
import type { ProposeOp } from "./history/history.ts";
import { doctored, HOSTILITIES, type Hostility } from "./hostile.ts";
import type { ReadHead } from "./planting.ts";
import { messageOf, seenIn, type Message } from "./proposals.ts";
import type { Simulation } from "./simulation.ts";
import type { Life } from "./world/life.ts";

/** Instances that a reader looks at in one go. */
const READS = 6;

/** A delivery under way that a client may still hear of. */
interface Sent {
  readonly message: Message;
  readonly text: string;
  readonly hostility?: Hostility;
}

/** Clients and what lies between them and the node: messages that are late, doubled, lost, out of order, and lies. */
export class Traffic {
  readonly sent: Message[] = [];
  readonly #world: Simulation;
  readonly #seed: number;
  readonly #faults: Faults;
  readonly #network: Sent[] = [];
  /** Heads as they were read before, for plantings that read late. */
  readonly #formerHeads = new Map<string, ReadHead>();
  /** Next index of each reader of the stream. */
  readonly #readers = new Map<string, number>();

  constructor(world: Simulation, given: { readonly seed: number; readonly faults: Faults }) {
    this.#world = world;
    this.#seed = given.seed;
    this.#faults = given.faults;
  }

  wish(random: SeededRandom): string {
    const { engine } = this.#world.node;
    if (engine === undefined) return "nobody there";
    const { signer: name, wish } = this.#world.workload.wish(random, engine.state, {
      now: Math.max(this.#world.clock.now(), engine.status().at),
      get instances() {
        return [...engine.instances()];
      },
    });
    const signer = this.#world.signing.signer(name);
    const isSkewed = this.#faults.has("skewed clients") && random.chance(15);
    const skewMs = isSkewed ? random.below(240_000) - 150_000 : 0;
    if (skewMs !== 0) this.#world.mark(skewMs < 0 ? "client is behind" : "client is ahead");
    const number = this.sent.length;
    const message = messageOf(wish, {
      seen: seenIn(engine.state, wish.instance),
      signer,
      now: this.#world.clock.now() + skewMs,
      number,
      key: this.#keyOf(random, number),
    });
    this.sent.push(message);
    this.#put(random, message);
    return `${message.number}: ${wish.transition} of ${wish.instance}`;
  }

  /** Mostly a new one; now and then a client takes one that stands for something else. */
  #keyOf(random: SeededRandom, number: number): string {
    const used = random.chance(4) ? random.pick(this.sent) : undefined;
    return used?.key ?? `sim:${this.#seed}:op:${number}`;
  }

  #put(random: SeededRandom, message: Message): void {
    const { text } = message;
    this.#network.push({ message, text });
    const doubles = this.#faults.has("messages doubled");
    if (doubles && random.chance(40)) this.#network.push({ message, text });
    // A client that was not heard asks again, whenever it likes.
    const again = doubles && random.chance(20) ? random.pick(this.sent) : undefined;
    if (again !== undefined) this.#network.push({ message: again, text: again.text });
    if (!this.#faults.has("hostile clients") || !random.chance(40)) return;
    const hostility = random.pick(HOSTILITIES) ?? "no signature";
    const other = random.pick(this.sent) ?? message;
    const lie = doctored(random, hostility, text, other.text);
    this.#network.push({ message, text: lie, hostility });
  }

  /** `clients`: so many times what one has under way. */
  async deliverSome(random: SeededRandom, clients: number): Promise<string> {
    const numbers: number[] = [];
    for (
      let count = clients * (1 + random.below(6));
      count > 0 && this.#network.length > 0;
      count -= 1
    ) {
      const isReordered = this.#faults.has("messages reordered");
      const place = isReordered ? random.below(this.#network.length) : 0;
      const [sent] = this.#network.splice(place, 1);
      if (sent === undefined) break;
      if (this.#faults.has("messages dropped") && random.chance(15)) {
        this.#world.mark("message dropped");
        continue;
      }
      numbers.push(sent.message.number);
      if (place > 0) this.#world.mark("message overtakes");
      if (sent.hostility !== undefined) this.#world.mark(`hostile: ${sent.hostility}`);
      const isLost = this.#faults.has("answers lost") && random.chance(20);
      this.deliver(sent.text, {
        number: sent.message.number,
        dryRun: random.chance(5),
        operator: random.chance(10),
        isLost,
      });
      await this.#world.rest();
    }
    return `delivers ${numbers.join(" ")}`;
  }

  /** One delivery to the present life; what it is answered after its death, or into a cut wire, nobody hears. */
  deliver(
    text: string,
    about: {
      readonly number: number;
      readonly dryRun: boolean;
      readonly operator: boolean;
      readonly isLost: boolean;
    },
  ): void {
    const { life } = this.#world.node;
    if (life === null || life.engine === undefined) return;
    const { dryRun, isLost, number, operator } = about;
    const op = this.#world.recorder.propose(`client ${number}`, text, dryRun);
    this.#world.options.feed?.note({ kind: "propose", text, dryRun });
    void life.propose(text, { dryRun, operator }).then((answer) => {
      if (life.isDead) return;
      if (isLost) this.#world.mark("answer lost");
      else this.#hear(op, number, this.#told(answer, life.size));
    });
  }

  /** What is sent to one that was replaced without knowing it. Only an acknowledgement of its would count. */
  haunt(old: Life): void {
    const message = this.sent.at(-1);
    if (message === undefined) return;
    const op = this.#world.recorder.propose(`client ${message.number}`, message.text);
    void old.propose(message.text, { dryRun: false, operator: false }).then((answer) => {
      if (answer.kind === "accepted" && !answer.replayed) this.#hear(op, message.number, answer);
    });
  }

  /** A read, a tree head, or some records of the stream. */
  async look(random: SeededRandom): Promise<string> {
    const dice = random.below(3);
    if (dice === 0) return this.#readSome(random);
    return dice === 1 ? this.#check() : this.#pull(random);
  }

  #readSome(random: SeededRandom): string {
    const { engine } = this.#world.node;
    if (engine === undefined) return "nobody to read from";
    const names = random.shuffle([...engine.instances(), "order/none"]).slice(0, READS);
    for (const name of names) this.#read(engine, name);
    return `reads ${names.join(" ")}`;
  }

  #read(engine: Engine, instance: string): void {
    const { options, recorder } = this.#world;
    const op = recorder.read("reader", instance);
    const found = engine.head(instance);
    const head = found === undefined ? undefined : { index: found.index, hash: found.hash };
    const { read = (seen: ReadHead | undefined) => seen } = options.planting ?? {};
    const shown = read(head, this.#formerHeads.get(instance));
    if (head !== undefined && head.index !== this.#formerHeads.get(instance)?.index)
      this.#formerHeads.set(instance, head);
    recorder.wasRead(op, shown ?? "absent");
  }

  #check(): string {
    const { node, options, recorder } = this.#world;
    if (node.engine === undefined || node.isDown) return "nobody to ask";
    const op = recorder.checkpoint("reader");
    const found = node.engine.checkpoint();
    recorder.wasChecked(op, options.planting?.checkpoint?.(found) ?? found);
    return `sees the tree of ${found.size}`;
  }

  /** A reader takes up the stream where it left it. */
  async #pull(random: SeededRandom): Promise<string> {
    const { node, options, recorder } = this.#world;
    const { engine, life } = node;
    if (engine === undefined || life === null || node.isDown) return "nobody to follow";
    const reader = `reader ${random.below(3)}`;
    const from = this.#readers.get(reader) ?? 0;
    const op = recorder.stream(reader, from);
    let texts: readonly string[] = [];
    try {
      texts = await engine.records(from, 1 + random.below(40));
    } catch {
      // The journal cannot be read just now: the stream ends, and is taken up again.
      this.#world.mark("stream broken");
    }
    if (life.isDead) return `${reader} hears nothing`;
    let next = from;
    for (const [place, text] of texts.entries()) {
      const entry = { index: from + place, text };
      const given = options.planting?.stream === undefined ? entry : options.planting.stream(entry);
      if (given === undefined) continue;
      recorder.heard(op, given.index, given.text);
      next = given.index + 1;
    }
    this.#readers.set(reader, next);
    return `${reader} hears ${from} to ${next}`;
  }

  #told(answer: Answer, size: number): Answer {
    return this.#world.options.planting?.answer?.(answer, size) ?? answer;
  }

  #hear(op: ProposeOp, number: number, answer: Answer): void {
    const { recorder, story } = this.#world;
    if (answer.kind === "refused") {
      const { code, guard, outcomes, reasons } = answer.refused;
      this.#world.mark(code);
      story.tell(`  ${number} hears ${code}`);
      recorder.proposed(op, { kind: "refused", code, guard, outcomes, reasons });
      return;
    }
    const { dryRun, index, replayed, text } = answer;
    this.#world.mark(dryRun ? "dry run" : replayed ? "replayed" : "accepted");
    story.tell(`  ${number} hears ${index}${dryRun ? " dry" : ""}${replayed ? " again" : ""}`);
    recorder.proposed(op, { kind: "accepted", index, replayed, text });
  }

  /** Sends everything again that ever was sent and is in the log: each must be told of its one record. */
  async askAll(log: readonly string[]): Promise<void> {
    const { life } = this.#world.node;
    const keys = new Set<string>();
    for (const text of log) {
      const decoded = decodeRecord(text);
      if (decoded.ok) keys.add(decoded.record.proposal.idem_key);
    }
    for (const message of this.sent) {
      if (life === null || !keys.has(message.key)) continue;
      const op = this.#world.recorder.propose(`client ${message.number}`, message.text);
      const answer = await life.propose(message.text, { dryRun: false, operator: false });
      this.#hear(op, message.number, this.#told(answer, life.size));
    }
  }
}
