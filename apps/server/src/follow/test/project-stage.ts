import type { Document, JsonObject } from "@swoosh/kernel";
import { electCouncil, memberSetHash, VOTE_TYPE, votePayload, type Claim } from "@swoosh/guards";
import { Project } from "../../driver/project-document.ts";
import { hasher } from "../../hasher.ts";
import { PrivateKey } from "../../keys/private-key.ts";
import { lockedPlanOf } from "../../project-file/plan-inputs.ts";
import { readProjectFile } from "../../project-file/read-project-file.ts";
import type { Leader, LeaderWish } from "./leader.ts";

/** Agents of a stage: the first two claim to build, the third to review. */
export const AGENTS = ["a1", "a2", "a3", "a4"];
const SERVICES: Readonly<Record<string, readonly (readonly [role: string, scope: string])[]>> = {
  driver: [
    ["controller", "project/*"],
    ["controller", "session/*"],
    ["controller", "agent/*"],
  ],
  fleet: [
    ["controller", "session/*"],
    ["controller", "agent/*"],
    ["agent", "project/*"],
  ],
  ingest: [["ingest", "project/*"]],
  shhh: [
    ["provider", "policy/*"],
    ["provider", "project/*"],
  ],
  facts: [
    ["provider", "license/*"],
    ["provider", "beat/*"],
    ["provider", "capacity/*"],
    ["provider", "tool/*"],
  ],
};
const FOREVER_MS = 100 * 31_536_000_000;
const BAR = 8;

const PLAN = readProjectFile(
  `goal: play
roles: [{ name: builder, core: true, seats: 2 }, { name: reviewer, core: true }]
tasks: [{ id: one, run: x }, { id: two, run: y, needs: [one] }]
`,
).plan;

/** A proposal whose inputs are known. */
export type Act = LeaderWish & { readonly inputs: JsonObject };

/** Everything around projects, without processes: identities, agents, licence, capacity, tempo, and proposals in their right form. */
export class ProjectStage {
  readonly leader: Leader;
  /** Hash of bytes that are kept: where any evidence does. */
  evidence = "";
  readonly #keys = new Map<string, PrivateKey>();
  #beat = 0;

  constructor(leader: Leader) {
    this.leader = leader;
  }

  /** Identities, agents, licence (unless somebody waits for it), capacity, tempo. */
  async begin({ isLicensed = true }: { readonly isLicensed?: boolean } = {}): Promise<void> {
    this.evidence = this.leader.node.blobs.save(Buffer.from("evidence"));
    for (const [name, roles] of Object.entries(SERVICES)) await this.register(name, roles);
    for (const name of AGENTS) {
      await this.register(name, [
        ["agent", "project/*"],
        ["council", "project/*"],
      ]);
      await this.must({
        instance: `agent/${name}`,
        transition: "Agent_Connect",
        signer: this.key("driver"),
        inputs: {
          capabilities: ["any"],
          connection: 1,
          key: this.key(name).identity,
          pool: "main",
          runner: name,
        },
      });
    }
    if (isLicensed) await this.must(this.licence());
    await this.must(this.count());
    await this.must(this.frame());
  }

  /** As the claims elect, signed by all that are elected; with fewer builders than claimed it is of other members. */
  certificate(
    project: Project,
    how: { readonly builders: number; readonly choice?: () => "approve" | "reject" },
  ): Act {
    const { council, ingestion } = project.context;
    const read: { claims?: readonly Claim[] } = Object(
      this.document(`council/${project.id}`)?.context,
    );
    const seats = [
      { name: "builder", core: true, seats: how.builders },
      { name: "reviewer", core: true, seats: 1 },
    ];
    const members = electCouncil(seats, read.claims ?? []);
    const keys = members.map(({ key }) => key);
    const subject = {
      chart_hash: project.chartHash,
      instance: project.instance,
      member_set_hash: memberSetHash(hasher, keys),
      origin: this.leader.node.origin,
      term: council.term,
    };
    const pins = { content_hash: ingestion.content_hash, version: ingestion.version };
    const votes = keys.map((member) => {
      const signer = [...this.#keys.values()].find(({ identity }) => identity === member);
      const choice = how.choice?.() ?? "approve";
      const signature = signer?.sign(VOTE_TYPE, votePayload(subject, pins, choice)) ?? "";
      return { choice, member, signature };
    });
    return this.act(project.instance, "driver", "Council_QuorumCert", {
      ...pins,
      members: members.map((one) => ({ ...one })),
      subject,
      votes,
    });
  }

  /** Inputs of `Execution_PlanLocked`. */
  plan(): JsonObject {
    if (PLAN === undefined) throw new Error("the plan of the stage is broken");
    return { ...lockedPlanOf(hasher, PLAN) };
  }

  /** Good for ever, or until so many ms from now, and as many of grace. */
  licence(untilMs = FOREVER_MS): LeaderWish {
    const now = this.leader.clock.now();
    return {
      instance: "license/main",
      transition: "License_Granted",
      signer: this.key("facts"),
      inputs: {
        grace_ms: Math.min(untilMs, 1_000),
        observed_at: now,
        source: "local",
        subject: "play",
        valid_until: now + untilMs,
      },
    };
  }

  /** Capacity for everybody. */
  count(): LeaderWish {
    const inputs = { free: 40, valid_until: this.leader.clock.now() + FOREVER_MS };
    const signer = this.key("facts");
    return { instance: "capacity/main", transition: "Capacity_Counted", signer, inputs };
  }

  /** The next beat: two of a bar plan, three work, three review; the first is a downbeat. */
  frame(): LeaderWish {
    this.#beat += 1;
    const place = this.#beat % BAR;
    return {
      instance: "beat/main",
      transition: "Beat_Observed",
      signer: this.key("facts"),
      inputs: {
        beat_index: this.#beat,
        cluster: "play",
        deadline_at: this.leader.clock.now() + FOREVER_MS,
        downbeat: place === 0,
        phase: place < 2 ? "plan" : place < 5 ? "execute" : "review",
        source: "pulse",
        tempo_mbpm: 60_000,
        window_id: Math.floor(this.#beat / BAR)
          .toString(16)
          .padStart(32, "0"),
      },
    };
  }

  /** One version of content, from its source to its index; gives its hash. */
  async ingest(instance: string, text: string): Promise<string> {
    const hash = this.leader.node.blobs.save(Buffer.from(text));
    const must = (transition: string, inputs: JsonObject): Promise<void> =>
      this.must(this.act(instance, "ingest", transition, inputs));
    const effect = (name: string): JsonObject => {
      const open = this.document(instance)?.effects.find((one) => one.name === name);
      return { effect: open?.id ?? "none" };
    };
    await must("Ingestion_SourcesResolved", {
      sources: [{ kind: "directory", pin: "0".repeat(40), uri: "/s" }],
    });
    await must("Ingestion_BytesOk", {
      bytes: 1,
      content_hash: hash,
      files: 1,
      ...effect("fetch"),
    });
    const policy = instance.replace("project/", "policy/");
    const verdict = { findings: 0, policy_version: 1, subject: hash, verdict: "allow" };
    await this.must(this.act(policy, "shhh", "Policy_Verdict", verdict));
    await must("Ingestion_SchemaOk", {
      content_hash: hash,
      findings: 0,
      policy_version: 1,
      problems: 0,
      ...effect("validate"),
    });
    const document = this.document(instance);
    await must("Ingestion_CorpusBuilt", {
      content_hash: hash,
      index_hash: this.evidence,
      version: document === undefined ? 1 : new Project(document).context.ingestion.version,
      ...effect("index"),
    });
    return hash;
  }

  /** As of the present window. */
  act(instance: string, by: string, transition: string, inputs: JsonObject = {}): Act {
    const { window_id: window = "" }: { window_id?: string } = Object(
      this.document("beat/main")?.context,
    );
    const signer = by === "operator" ? {} : { signer: this.key(by) };
    return { instance, transition, inputs, window, ...signer };
  }

  document(instance: string): Document | undefined {
    return this.leader.node.engine.state.head(instance)?.document;
  }

  key(name: string): PrivateKey {
    const key = this.#keys.get(name);
    if (key === undefined) throw new Error(`${name} has no key`);
    return key;
  }

  /** An identity with a key of its own. */
  async register(
    name: string,
    roles: readonly (readonly [role: string, scope: string])[],
    kind: "human" | "service" = "service",
  ): Promise<void> {
    const key = PrivateKey.generate();
    this.#keys.set(name, key);
    await this.must({
      instance: `identity/${name}`,
      transition: "Identity_Register",
      inputs: {
        key: key.identity,
        kind,
        roles: roles.map(([role, scope]) => ({ role, scope })),
      },
    });
  }

  /** Proposes what must be accepted. */
  async must(wish: LeaderWish): Promise<void> {
    const code = await this.leader.act(wish);
    if (code !== "accepted")
      throw new Error(`${wish.transition} on ${wish.instance} is refused: ${code}`);
  }
}
