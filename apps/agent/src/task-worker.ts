import { readFile, stat } from "node:fs/promises";
import { judgeOutcome, type TaskGate } from "@swoosh/guards";
import { canonicalize, type JsonObject } from "@swoosh/kernel/values";
import type { Client } from "@swoosh/sdk";
import type { Checkouts } from "./checkout.ts";
import { ARTEFACT_BYTES_MAX, ARTEFACTS_MAX, LOG_EVENT_LENGTH, LOG_EVENT_MS } from "./limits.ts";
import { makeBeside } from "./confine.ts";
import type { Confinement } from "./find-confinement.ts";
import { keepUnlessSecret } from "./keep-unless-secret.ts";
import { runBounded, type RunConfined, type RunLimits, type RunResult } from "./run-bounded.ts";
import { filesBelow, placeWithin } from "./files-below.ts";

/** A task as the lease hands it over. */
export interface Task {
  readonly artefacts: readonly string[];
  readonly contentHash: string;
  readonly fence: number;
  readonly gate: TaskGate | null;
  readonly instance: string;
  readonly limits: RunLimits;
  readonly run: readonly string[];
  readonly session: string;
  readonly task: string;
}

export interface WorkerDoors {
  readonly client: Client;
  readonly checkouts: Checkouts;
  readonly confinement: Confinement;
  /** What tasks may not see, where they are confined. */
  readonly hidden: readonly string[];
  /** A piece of the task's log, for whoever watches. */
  tell(task: Task, text: string): void;
  log(message: string): void;
}

/** What came of a task: its evidence, and why it does not pass its gate. */
export interface TaskReport {
  readonly evidence: string;
  readonly reasons: readonly string[];
}

/**
 * Does one task: a checkout of its own, the command within its limits, artefacts and outcome stored as evidence. Whatever
 * happens, nothing of the checkout stays.
 */
export async function doTask(
  doors: WorkerDoors,
  task: Task,
  signal: AbortSignal,
): Promise<TaskReport> {
  const { checkouts } = doors;
  try {
    const folder = await checkouts.scratch(task.contentHash, task.session);
    const teller = new LogTeller(doors, task);
    const result = await runBounded({
      argv: task.run,
      confined: await confinedOf(doors, task),
      folder,
      limits: task.limits,
      onOutput: (text) => teller.add(text),
      signal,
    });
    teller.flush();
    return await report(doors, task, { folder, result });
  } finally {
    await checkouts.remove(task.session);
  }
}

async function confinedOf(doors: WorkerDoors, task: Task): Promise<RunConfined | null> {
  const { checkouts, confinement, hidden } = doors;
  if ("why" in confinement) return null;
  const beside = checkouts.beside(task.session);
  await makeBeside(beside);
  return { mode: confinement.mode, beside, hidden };
}

async function report(
  { client }: WorkerDoors,
  task: Task,
  { folder, result }: { readonly folder: string; readonly result: RunResult },
): Promise<TaskReport> {
  const output = result.output.text();
  const log = await keepOutput(client, task, output);
  const artefacts = await keepArtefacts(client, folder, task);
  const files: string[] = [];
  for (const path of task.gate?.files ?? [])
    if ((await placeWithin(folder, path)) !== undefined) files.push(path);
  const { durationMs, exit, signal, stopped } = result;
  const reasons = [
    ...(stopped === null ? [] : [stopped]),
    ...(log.secret === undefined ? [] : [`its output holds a secret: ${log.secret}`]),
    ...artefacts.flatMap(({ path, secret }) =>
      secret === undefined ? [] : [`${path} holds a secret: ${secret}`],
    ),
    ...(task.gate === null ? [] : judgeOutcome(task.gate, { exit, files, output })),
  ];
  const outcome: JsonObject = {
    artefacts: artefacts.map(({ bytes, hash: kept, path }) => ({ bytes, hash: kept, path })),
    content_hash: task.contentHash,
    duration_ms: durationMs,
    exit,
    fence: task.fence,
    gate: task.gate?.name ?? "",
    instance: task.instance,
    kind: "swoosh.task.outcome",
    log: log.hash,
    output_bytes: result.output.bytes,
    // A hash of text of which all but a secret is known gives the secret away to whoever tries.
    output_hash: log.isWhole ? result.output.hash() : "",
    output_is_cut: result.output.isCut,
    reasons,
    run: [...task.run],
    session: task.session,
    signal,
    stopped,
    task: task.task,
  };
  const { hash } = await client.putEvidence(Buffer.from(canonicalize(outcome)), {
    for: task.instance,
    name: `outcome of ${task.task}`,
  });
  return { evidence: hash, reasons };
}

interface Artefact {
  readonly bytes: number;
  readonly hash: string;
  readonly path: string;
  /** What the policy says against it; nothing of it is kept then. */
  readonly secret?: string;
}

interface KeptOutput {
  readonly hash: string;
  /** Nothing was cut out. */
  readonly isWhole: boolean;
  readonly secret?: string;
}

/** What the policy lets be kept of the output. */
async function keepOutput(client: Client, task: Task, output: string): Promise<KeptOutput> {
  const bytes = Buffer.from(output === "" ? "\n" : output);
  const kept = await keepUnlessSecret(client, bytes, {
    for: task.instance,
    name: `output of ${task.task}`,
  });
  if ("secret" in kept) return { hash: "", isWhole: false, secret: kept.secret };
  return { hash: kept.hash, isWhole: kept.redactions === undefined };
}

/** Files named, and files below folders named; what is too large is left out by name. */
async function keepArtefacts(
  client: Client,
  folder: string,
  { artefacts, instance }: Task,
): Promise<readonly Artefact[]> {
  const kept: Artefact[] = [];
  for (const path of artefacts) {
    const place = await placeWithin(folder, path);
    if (place === undefined) continue;
    for (const file of await filesBelow(place)) {
      if (kept.length >= ARTEFACTS_MAX) return kept;
      const { size } = await stat(file);
      const name = file.slice(folder.length + 1);
      if (size === 0 || size > ARTEFACT_BYTES_MAX) {
        kept.push({ bytes: size, hash: "", path: name });
        continue;
      }
      const about = { for: instance, name: asName(name) };
      const stored = await keepUnlessSecret(client, await readFile(file), about);
      if ("secret" in stored)
        kept.push({ bytes: size, hash: "", path: name, secret: stored.secret });
      else kept.push({ bytes: stored.bytes, hash: stored.hash, path: name });
    }
  }
  return kept;
}

/** A path as the route takes it: printable, not too long; its end says most. */
function asName(path: string): string {
  return path.replaceAll(/[^ -~]/g, "?").slice(-200);
}

/** Gathers output into few events: a task that writes for ever is cut to a trickle. */
class LogTeller {
  readonly #doors: WorkerDoors;
  readonly #task: Task;
  #text = "";
  #last = 0;

  constructor(doors: WorkerDoors, task: Task) {
    this.#doors = doors;
    this.#task = task;
  }

  add(text: string): void {
    this.#text = (this.#text + text).slice(-LOG_EVENT_LENGTH);
    if (performance.now() - this.#last >= LOG_EVENT_MS) this.flush();
  }

  flush(): void {
    if (this.#text === "") return;
    this.#last = performance.now();
    this.#doors.tell(this.#task, this.#text);
    this.#text = "";
  }
}
