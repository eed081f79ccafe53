import type { Gateway } from "../gateway/gateway.ts";
import type { RunningNode } from "../node/open-node.ts";
import { countFree } from "./count-free.ts";
import { CAPACITY_EVERY_MS, CAPACITY_VALID_MS } from "./limits.ts";
import type { ProposeHere } from "./propose-as.ts";

interface CapacityContext {
  readonly free: number;
  readonly reservations: readonly { readonly holder: string }[];
  readonly valid_until: number;
}

/**
 * The capacity provider: counts the agents of a pool that can be had, and proposes a count where it changed or grows old.
 */
export class CapacityCounter {
  readonly #node: RunningNode;
  readonly #gateway: Gateway;
  readonly #propose: ProposeHere;
  readonly #pool: string;
  readonly #timer: NodeJS.Timeout;
  readonly #stopHearing: () => void;
  #isBusy = false;
  #isDue = false;
  #isStopped = false;

  constructor(given: {
    readonly node: RunningNode;
    readonly gateway: Gateway;
    readonly propose: ProposeHere;
    readonly pool: string;
  }) {
    this.#node = given.node;
    this.#gateway = given.gateway;
    this.#propose = given.propose;
    this.#pool = given.pool;
    this.#timer = setInterval(() => this.count(), CAPACITY_EVERY_MS);
    this.#timer.unref();
    this.#stopHearing = given.gateway.onChange(() => this.count());
    this.count();
  }

  /** Looks, and tells the log where there is news. Looks that overlap are made one after the other. */
  count(): void {
    this.#isDue = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#stopHearing();
  }

  async #run(): Promise<void> {
    try {
      while (this.#isDue && !this.#isStopped) {
        this.#isDue = false;
        await this.#look();
      }
    } finally {
      // At once behind the last look: whoever asks for one from here on gets it.
      this.#isBusy = false;
    }
  }

  async #look(): Promise<void> {
    const free = this.#free();
    const now = this.#node.clock.now();
    const known = this.#known();
    const isFresh = known !== undefined && known.valid_until - now > CAPACITY_VALID_MS / 2;
    if (isFresh && known.free === free) return;
    const inputs = { free, valid_until: now + CAPACITY_VALID_MS };
    await this.#propose(`capacity/${this.#pool}`, "Capacity_Counted", inputs);
  }

  #free(): number {
    const gateway = this.#gateway;
    return countFree({
      pool: this.#pool,
      agents: gateway.agents(),
      holders: new Set(this.#known()?.reservations.map(({ holder }) => holder)),
      isConnected: (agent) => gateway.isConnected(agent),
      document: (instance) => this.#node.engine.head(instance)?.document,
    });
  }

  #known(): CapacityContext | undefined {
    const context = this.#node.engine.state.head(`capacity/${this.#pool}`)?.document.context;
    // The chart has checked the context before every record: its type is what the chart says.
    return context as unknown as CapacityContext | undefined;
  }
}
