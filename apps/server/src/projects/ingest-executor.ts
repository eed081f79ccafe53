import { canonicalize, chartNameOf, type Effect, type JsonObject } from "@swoosh/kernel";
import { Project } from "../driver/project-document.ts";
import type { RunningNode } from "../node/open-node.ts";
import type { Log } from "../up/log.ts";
import type { IngestedContent, Ingester, SourcePin } from "../ingest/create-ingester.ts";
import { asReason } from "../driver/steps.ts";
import { IngestProblem } from "../ingest/ingest-problem.ts";
import type { ContentPlans } from "./content-plans.ts";
import { INGEST_AGAIN_MS, INGEST_TRIES_MAX } from "./limits.ts";
import type { ProposeAnswer, ProposeHere } from "./propose-as.ts";

/** UTF-16 units of a reason in a project's document (`charts/project.yaml`). */
const REASON_LENGTH_MAX = 99;

export interface IngestOptions {
  readonly node: RunningNode;
  readonly ingester: Ingester;
  readonly plans: ContentPlans;
  /** Under the identity that owns the project's ingestion effects. */
  readonly propose: ProposeHere;
  /** Under the identity of the policy provider. */
  readonly proposePolicy: ProposeHere;
  readonly log: Log;
}

/**
 * Carries out ingestion: resolves the sources of projects in DISCOVER, and answers the effects FetchSources,
 * ValidateContent and BuildIndex. Idempotent by effect id; what fails is tried again while the effect is open.
 */
export class IngestExecutor {
  readonly #options: IngestOptions;
  /** Effects, and projects in DISCOVER, that are being worked on. */
  readonly #busy = new Set<string>();
  readonly #open = new Map<string, Effect>();
  /** Failures in a row of the same work. */
  readonly #tries = new Map<string, number>();
  readonly #stops: (() => void)[] = [];
  #isStopped = false;

  constructor(options: IngestOptions) {
    this.#options = options;
    const { node } = options;
    this.#stops.push(
      node.onEffect({
        dispatch: (effect) => {
          if (effect.owner !== "ingest") return;
          this.#open.set(effect.id, effect);
          // Never inside the engine's own turn.
          setImmediate(() => this.#carryOut(effect));
        },
        withdraw: (id) => this.#open.delete(id),
      }),
    );
    const timer = setInterval(() => this.#discover(), INGEST_AGAIN_MS);
    timer.unref();
    this.#stops.push(() => clearInterval(timer));
    this.#stops.push(node.onRecord(() => setImmediate(() => this.#discover())));
    this.#discover();
  }

  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stops) stop();
  }

  #discover(): void {
    if (this.#isStopped) return;
    for (const instance of this.#options.node.engine.instances()) {
      if (chartNameOf(instance) !== "project") continue;
      const project = this.#project(instance);
      if (project?.in("Ingestion.DISCOVER") === true && isGoing(project))
        this.#work(`discover ${instance}`, instance, () => this.#resolve(project));
    }
  }

  #carryOut(effect: Effect): void {
    if (this.#isStopped || !this.#open.has(effect.id)) return;
    const instance = effect.id.slice(0, effect.id.lastIndexOf("#"));
    this.#work(effect.id, instance, async () => {
      switch (effect.effect) {
        case "FetchSources":
          return this.#fetch(instance, effect);
        case "ValidateContent":
          return this.#validate(instance, effect);
        case "BuildIndex":
          return this.#index(instance, effect);
        default:
          return undefined;
      }
    });
  }

  /** The source cannot be ingested as it is: every problem is kept as evidence, and the project says so until a person asks again. */
  #reject(instance: string, problems: readonly string[]): Promise<ProposeAnswer> {
    const { log, node, propose } = this.#options;
    for (const problem of problems) log("warn", `${instance}: ${problem}`);
    const text = canonicalize({ kind: "swoosh.ingestion.problems", problems: [...problems] });
    const evidence = node.blobs.save(Buffer.from(text));
    const more = problems.length === 1 ? "" : `; ${problems.length} problems in all`;
    const reason = `${asReason(problems[0] ?? "", REASON_LENGTH_MAX - more.length)}${more}`;
    return propose(instance, "Ingestion_Rejected", { evidence, reason }, { evidence: [evidence] });
  }

  /** Time may cure it, but not for ever: then it is rejected like what time cannot cure. */
  async #failed(key: string, instance: string, error: unknown): Promise<ProposeAnswer | undefined> {
    if (!(error instanceof IngestProblem)) throw error;
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    if (error.retryable && tries < INGEST_TRIES_MAX) throw error;
    const project = this.#project(instance);
    // What a pause or a quarantine stands in the way of is tried again when it is over.
    if (project === undefined || !isGoing(project)) throw error;
    this.#tries.delete(key);
    const after = tries === 1 ? "" : ` (${tries} attempts)`;
    return this.#reject(instance, [`${error.code}: ${error.message}${after}`]);
  }

  /** Runs work once at a time, and again after a while where it came to nothing. */
  #work(key: string, instance: string, doWork: () => Promise<ProposeAnswer | undefined>): void {
    const work = async (): Promise<ProposeAnswer | undefined> => {
      try {
        const answer = await doWork();
        this.#tries.delete(key);
        return answer;
      } catch (error) {
        return this.#failed(key, instance, error);
      }
    };
    if (this.#busy.has(key)) return;
    this.#busy.add(key);
    const again = (why: string): void => {
      if (this.#isStopped) return;
      this.#options.log("warn", `${key}: ${why}; tried again`);
      setTimeout(() => {
        this.#busy.delete(key);
        const effect = this.#open.get(key);
        if (effect !== undefined) this.#carryOut(effect);
        else this.#discover();
      }, INGEST_AGAIN_MS).unref();
    };
    void work().then(
      (answer) => {
        if (answer === undefined || answer.ok) this.#busy.delete(key);
        else again(`${answer.code}: ${answer.reasons.join("; ")}`);
      },
      (error: unknown) => again(error instanceof Error ? error.message : String(error)),
    );
  }

  async #resolve(project: Project): Promise<ProposeAnswer | undefined> {
    const { ingester, propose } = this.#options;
    const sources = await ingester.resolve(this.#sourceText(project));
    return propose(project.instance, "Ingestion_SourcesResolved", {
      sources: sources.map((one) => ({ ...one })),
    });
  }

  async #fetch(instance: string, effect: Effect): Promise<ProposeAnswer | undefined> {
    const { ingester, propose } = this.#options;
    const project = this.#project(instance);
    if (project === undefined) return undefined;
    const fetched = await ingester.fetch(this.#sourceText(project), this.#sources(instance));
    await this.#tellVerdict(instance, fetched.contentHash, fetched.verdict);
    return propose(instance, "Ingestion_BytesOk", {
      bytes: fetched.bytes,
      content_hash: fetched.contentHash,
      effect: effect.id,
      files: fetched.files,
    });
  }

  /** The verdict enters the log before the content that it is about is taken. */
  async #tellVerdict(
    instance: string,
    subject: string,
    found: IngestedContent["verdict"],
  ): Promise<void> {
    const { evidence, findings, policyVersion, verdict } = found;
    const inputs: JsonObject = {
      ...(evidence === "" ? {} : { evidence }),
      findings,
      policy_version: policyVersion,
      subject,
      verdict,
    };
    const id = instance.slice("project/".length);
    const answer = await this.#options.proposePolicy(`policy/${id}`, "Policy_Verdict", inputs);
    if (!answer.ok) throw new Error(`the verdict was refused: ${answer.reasons.join("; ")}`);
  }

  async #validate(instance: string, effect: Effect): Promise<ProposeAnswer | undefined> {
    const { plans, propose, proposePolicy } = this.#options;
    const project = this.#project(instance);
    if (project === undefined || project.in("Policy.QUARANTINED")) return undefined;
    const { content_hash: contentHash } = project.context.ingestion;
    const known = this.#verdict(instance, contentHash);
    if (known === undefined) throw new Error(`there is no verdict of ${contentHash} yet`);
    if (known.verdict === "deny")
      return proposePolicy(instance, "Ingestion_PolicyViolation", {
        policy_version: known.policy_version,
        rationale: `${known.findings} ${known.findings === 1 ? "finding" : "findings"} in the content; policy/${project.id} has them`,
      });
    const { problems } = plans.read(contentHash);
    if (problems.length > 0) return this.#reject(instance, problems);
    return propose(instance, "Ingestion_SchemaOk", {
      content_hash: contentHash,
      effect: effect.id,
      findings: known.findings,
      policy_version: known.policy_version,
      problems: problems.length,
    });
  }

  async #index(instance: string, effect: Effect): Promise<ProposeAnswer | undefined> {
    const { ingester, propose } = this.#options;
    const project = this.#project(instance);
    if (project === undefined) return undefined;
    const { content_hash: contentHash, version } = project.context.ingestion;
    const indexHash = await ingester.index(contentHash);
    return propose(instance, "Ingestion_CorpusBuilt", {
      content_hash: contentHash,
      effect: effect.id,
      index_hash: indexHash,
      version,
    });
  }

  #project(instance: string): Project | undefined {
    const head = this.#options.node.engine.state.head(instance);
    return head === undefined ? undefined : new Project(head.document);
  }

  /** What the user gave: the document holds it shortened. */
  #sourceText({ context, instance }: Project): string {
    const config = this.#options.plans.config(context.boot.config_hash);
    if (config === undefined) throw new Error(`the configuration of ${instance} is lost`);
    return config.source;
  }

  #sources(instance: string): readonly SourcePin[] {
    const context = this.#options.node.engine.state.head(instance)?.document.context;
    const { ingestion } = Object(context) as { ingestion: { sources: readonly SourcePin[] } };
    return ingestion.sources;
  }

  #verdict(instance: string, subject: string): KnownVerdict | undefined {
    const id = instance.slice("project/".length);
    const context = this.#options.node.engine.state.head(`policy/${id}`)?.document.context;
    const { verdicts = [] } = Object(context) as { verdicts?: readonly KnownVerdict[] };
    return verdicts.find((one) => one.subject === subject);
  }
}

interface KnownVerdict {
  readonly findings: number;
  readonly policy_version: number;
  readonly subject: string;
  readonly verdict: string;
}

function isGoing(project: Project): boolean {
  return project.in("Run.RUNNING") && project.in("Policy.CLEAR") && project.in("Service.FULL");
}
