import { mkdir } from "node:fs/promises";
import { canonicalize, type Json, type JsonObject } from "@swoosh/kernel/values";
import {
  connectRunner,
  createClient,
  createWebPorts,
  createWebSigner,
  createWebSocketOpener,
  type Client,
  type RunnerHandler,
  type RunnerLink,
  type Signer,
} from "@swoosh/sdk";
import { Checkouts, removeHalfMade } from "./checkout.ts";
import {
  asReason,
  claimRole,
  reviewPlan,
  type Reviews,
  speakForCouncil,
  vote,
  type CouncilDoors,
} from "./council-duties.ts";
import { findConfinement, type Confinement } from "./find-confinement.ts";
import { LeaseBook } from "./lease-book.ts";
import { checkHealth, provision } from "./provision.ts";
import { doTask, type Task } from "./task-worker.ts";
import { taskOf } from "./task-of.ts";
import { WorkProblem } from "./work-problem.ts";

export interface AgentOptions {
  /** Of the server: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Name of the agent's identity. */
  readonly name: string;
  readonly pool: string;
  /** Roles that it fills; `any`: every one. */
  readonly capabilities: readonly string[];
  /** Its private key, PEM. */
  readonly pem: string;
  /** Where it may write. */
  readonly folder: string;
  /** The server's store of evidence, where it is on this machine. */
  readonly blobs?: string;
  /** What its tasks may not see beside these folders: its key, what the server keeps. */
  readonly hidden: readonly string[];
  log(level: "debug" | "info" | "warn" | "error", message: string): void;
}

export interface RunningAgent {
  /** Resolves when the controller refuses the agent for good, with why. */
  readonly refused: Promise<string>;
  stop(): Promise<void>;
}

/** Path of the gateway. */
const RUNNER_PATH = "/runner";

/**
 * An agent at work: connects to the controller as a runner of its own, claims, votes, reviews, provisions and does tasks.
 * Everything that it says of the world is a proposal under its own key.
 */
export async function runAgent(options: AgentOptions): Promise<RunningAgent> {
  const signer = await createWebSigner(globalThis, { pem: options.pem });
  const ports = createWebPorts(globalThis);
  const client = createClient({ url: options.url, signer, ports });
  // What an earlier run left half done belongs to nobody.
  await removeHalfMade(options.folder);
  await mkdir(options.folder, { recursive: true });
  const agent = new Agent(options, { client, signer });
  const link = connectRunner({
    url: `${options.url.replace(/^http/, "ws")}${RUNNER_PATH}`,
    runner: options.name,
    signer,
    ports,
    open: createWebSocketOpener(globalThis),
    handler: agent,
  });
  agent.link = link;
  return {
    refused: agent.refused,
    async stop() {
      link.stop();
      await agent.stop();
    },
  };
}

interface Running {
  readonly task: Task;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

class Agent implements RunnerHandler {
  link: RunnerLink | null = null;
  readonly refused: Promise<string>;
  readonly #options: AgentOptions;
  readonly #client: Client;
  readonly #checkouts: Checkouts;
  readonly #council: CouncilDoors;
  readonly #running = new Map<string, Running>();
  readonly #book = new LeaseBook();
  readonly #reviews: Reviews = new Map();
  /** Found out once, while the agent connects. */
  readonly #confinement: Promise<Confinement>;
  #refuse: (why: string) => void = () => {};

  constructor(options: AgentOptions, doors: { readonly client: Client; readonly signer: Signer }) {
    this.#options = options;
    this.#client = doors.client;
    this.#checkouts = new Checkouts(doors.client, options.folder, options.blobs);
    this.#council = {
      ...doors,
      hasher: createWebPorts(globalThis).hasher,
      capabilities: options.capabilities,
      load: () => this.#running.size,
    };
    this.#confinement = findConfinement().then((found) => {
      if ("why" in found) options.log("warn", unconfined(found.why));
      return found;
    });
    this.refused = new Promise((resolve) => {
      this.#refuse = resolve;
    });
  }

  agents(): ReturnType<RunnerHandler["agents"]> {
    const { capabilities, name, pool } = this.#options;
    const leases = [...this.#running.values()].map(({ task }) => ({
      fence: task.fence,
      session: task.session,
    }));
    return [{ capabilities, id: name, leases, pool }];
  }

  welcome({ adopt, connection, release }: Parameters<RunnerHandler["welcome"]>[0]): void {
    this.#options.log("info", `connected as ${this.#options.name}, connection ${connection}`);
    if (adopt.length > 0) this.#options.log("info", `${adopt.length} leases go on`);
    for (const { session } of release) this.#running.get(session)?.abort.abort();
  }

  async call({ data, op }: Parameters<RunnerHandler["call"]>[0]): Promise<Json> {
    const council = this.#council;
    const doors = { client: this.#client, checkouts: this.#checkouts };
    this.#options.log("debug", `asked for ${op}`);
    switch (op) {
      case "council.opportunity":
        return claimRole(council, data);
      case "council.vote":
        return vote(council, data);
      case "council.eject":
        return speakForCouncil(council, "Council_Eject", data);
      case "council.reelect":
        return speakForCouncil(council, "Council_ReElect", data);
      case "environment.provision":
        return provision(doors, data);
      case "environment.health":
        return checkHealth(doors, data);
      case "execution.review":
        return reviewPlan(council, this.#reviews, data);
      default:
        throw new WorkProblem("unknown_op", `this agent has no ${op}`);
    }
  }

  async lease(frame: Parameters<RunnerHandler["lease"]>[0]): Promise<Json> {
    const task = taskOf(frame);
    if (!this.#book.take(task)) return { running: false };
    if (this.#running.has(task.session)) return { running: true };
    const abort = new AbortController();
    const done = this.#work(task, abort.signal).finally(() => {
      this.#running.delete(task.session);
      this.link?.roster();
    });
    this.#running.set(task.session, { task, abort, done });
    return { running: true };
  }

  async release({ reason, session }: Parameters<RunnerHandler["release"]>[0]): Promise<Json> {
    const running = this.#running.get(session);
    if (running === undefined) return { stopped: false };
    this.#options.log("info", `session ${session} is released: ${reason}`);
    running.abort.abort();
    await running.done;
    return { stopped: true };
  }

  lost(reason: string, retryMs: number): void {
    this.#options.log("warn", `not connected (${reason}); again in ${retryMs} ms`);
  }

  rejected(code: string, message: string): void {
    this.#refuse(`${code}: ${message}`);
  }

  async stop(): Promise<void> {
    for (const { abort } of this.#running.values()) abort.abort();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
    await this.#confinement;
  }

  async #work(task: Task, signal: AbortSignal): Promise<void> {
    const { blobs, folder, hidden, log } = this.#options;
    const doors = {
      client: this.#client,
      checkouts: this.#checkouts,
      confinement: await this.#confinement,
      hidden: [folder, ...(blobs === undefined ? [] : [blobs]), ...hidden],
      log: (message: string) => log("info", message),
      tell: ({ session, task: id }: Task, text: string) =>
        void this.link?.event(this.#options.name, "task.log", { session, task: id, text }),
    };
    log("info", `task ${task.task} begins under fence ${task.fence}: ${task.run.join(" ")}`);
    try {
      await this.#started(task);
      const { evidence, reasons } = await doTask(doors, task, signal);
      // Released: whoever released it has said what became of it.
      if (signal.aborted) return;
      await this.#ended(task, evidence, reasons);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log("warn", `task ${task.task}: ${message}`);
      if (!signal.aborted) await this.#broken(task, message);
    }
  }

  /** News, and no more: the work begins whether or not the window lets it be said. */
  async #started({ fence, instance, session, task }: Task): Promise<void> {
    const beat = await this.#client.state("beat/main");
    const window: unknown = Object(Object(beat?.state)["context"])["window_id"];
    await this.#client.propose(
      instance,
      "Execution_TaskStarted",
      { fence, task },
      {
        idemKey: `${task}:${fence}:started:${session}`.slice(0, 200),
        retry: { attemptsMax: 2 },
        ...(typeof window === "string" ? { windowId: window } : {}),
      },
    );
  }

  async #ended(task: Task, evidence: string, reasons: readonly string[]): Promise<void> {
    const { fence, instance, session, task: id } = task;
    const [first] = reasons;
    const inputs: JsonObject = {
      evidence,
      fence,
      session,
      task: id,
      ...(first === undefined ? {} : { reason: asReason(first) }),
    };
    const transition = first === undefined ? "Execution_TaskFinished" : "Execution_TaskFailed";
    const proposed = await this.#client.propose(instance, transition, inputs, {
      evidence: [evidence],
      idemKey: `${id}:${fence}:ended:${session}`.slice(0, 200),
    });
    const { log } = this.#options;
    if (proposed.kind === "accepted") this.#book.end(task);
    if (proposed.kind === "refused")
      log("warn", `${transition} was refused: ${proposed.problem.detail}`);
    else log("info", `task ${id} ${first === undefined ? "is done" : `failed: ${first}`}`);
  }

  /** The agent itself could not do it: that is an outcome too, with what is known as evidence. */
  async #broken(task: Task, message: string): Promise<void> {
    const text = canonicalize({
      fence: task.fence,
      instance: task.instance,
      kind: "swoosh.task.broken",
      reasons: [message.slice(0, 500)],
      session: task.session,
      task: task.task,
    });
    try {
      const { hash } = await this.#client.putEvidence(Buffer.from(text), {
        for: task.instance,
        name: `outcome of ${task.task}`,
      });
      await this.#ended(task, hash, [message]);
    } catch (error) {
      this.#options.log("error", error instanceof Error ? error.message : String(error));
    }
  }
}

function unconfined(why: string): string {
  return `tasks are not confined here, they can read and write all that this agent's user can: ${why} (swoosh doctor)`;
}
