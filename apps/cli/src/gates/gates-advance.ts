import { readFileSync } from "node:fs";
import {
  levelInstance,
  STAGES,
  type Ladder,
  type LadderStatus,
  type Lifecycle,
} from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint, type Paint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { WorldError } from "../world-error.ts";
import { gatesOfStage } from "./gates-of-stage.ts";
import { spoiltAmong, spoiltAttachments, type Spoilt } from "./spoilt-evidence.ts";
import { defineLadder, defineLifecycle } from "./define-gates.ts";
import { readSession } from "./gates-session.ts";
import { withStore } from "./with-store.ts";
import type { GatesStore } from "./gates-store.ts";
import { haltOf } from "./halt-of.ts";
import { readKey, type KeyHolder } from "./node-ports.ts";
import { revisionOf } from "./repository.ts";
import { untilOf } from "./run-gates.ts";
import { statusOf } from "./status-of.ts";
import { tellAnswer } from "./tell-answer.ts";

export interface AdvanceOptions {
  readonly repo?: string;
  readonly url?: string;
  /** PEM of the person; the machine's own key is refused for people's records. */
  readonly key?: string;
  /** Files that are attached to a verification. */
  readonly verify?: readonly string[];
  readonly vote: boolean;
  readonly approve?: "plan" | "review";
  /** The lifecycle's next stage instead of the ladder's next level. */
  readonly stage: boolean;
}

/** `swoosh gates advance`: records of people, and the step itself; refused unless it is mechanically true. */
export async function runGatesAdvance(
  port: ConsolePort,
  options: AdvanceOptions,
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder, lifecycle } = session;
  const paint = createPaint(port.colour.out);
  return withStore(root, options, async (store) => {
    const { commit } = await revisionOf(root);
    if (options.stage || options.approve !== undefined) {
      if (lifecycle === undefined)
        throw new WorldError(
          "there is no gates/lifecycle.yaml, so there is no stage to advance; swoosh gates init writes one",
        );
      await defineLifecycle(store, lifecycle);
      return advanceStage(port, { store, lifecycle, commit, options });
    }
    if (ladder === undefined)
      throw new WorldError(
        "there is no gates/maturity.yaml, so there is no level to advance; swoosh gates init proposes one",
      );
    await defineLadder(store, ladder);
    return advanceLevel(port, { store, ladder, lifecycle, commit, options, paint });
  });
}

/** The person's key: never taken from the environment of a check, always named or the operator's own. */
function personOf(store: GatesStore, options: AdvanceOptions): KeyHolder {
  return readKey(options.key ?? store.operatorKeyPath);
}

interface LevelStep {
  readonly store: GatesStore;
  readonly ladder: Ladder;
  readonly lifecycle: Lifecycle | undefined;
  readonly commit: string;
  readonly options: AdvanceOptions;
  readonly paint: Paint;
}

async function advanceLevel(port: ConsolePort, step: LevelStep): Promise<ExitCode> {
  const { store, ladder, lifecycle, commit, options, paint } = step;
  const halt = haltOf(store, lifecycle);
  if (halt?.severity === "P0") {
    port.err(
      `${createPaint(port.colour.err).error("halted")} (P0): ${plainText(halt.reason)}; no level is advanced until a person says so: swoosh gates resume --reason "…"\n`,
    );
    return EXIT.no;
  }
  const next = statusOf(store, ladder, commit).level + 1;
  const level = ladder.levels[next];
  if (level === undefined) {
    port.out(`the highest level, ${next - 1}, is held\n`);
    return EXIT.ok;
  }
  const instance = levelInstance(ladder.name, next);
  const below = ladder.levels
    .slice(0, next + 1)
    .flatMap(({ criteria, triggers }) => [...criteria, ...triggers]);
  const spoilt = spoiltAmong(store, ladder.name, below);
  const what = `level ${next}`;
  if (spoilt.length > 0)
    return refuseSpoilt(port, { what, spoilt, mend: "swoosh gates run measures again" });
  if (options.verify !== undefined && options.verify.length > 0) {
    const attachments = options.verify.map((file) => store.evidence.put(readAttachment(file)));
    const answer = await store.propose(personOf(store, options), {
      instance,
      transition: "Level_Verify",
      inputs: { commit, attachments },
    });
    if (
      !tellAnswer(
        port,
        answer,
        `verification of level ${next} with ${attachments.length} attachments`,
      )
    )
      return EXIT.no;
  }
  if (options.vote) {
    const answer = await store.propose(personOf(store, options), {
      instance,
      transition: "Level_Vote",
      inputs: { commit },
    });
    if (!tellAnswer(port, answer, `vote for level ${next}`)) return EXIT.no;
  }
  const status = statusOf(store, ladder, commit);
  port.out(
    `Level ${next}, ${plainText(level.name)}: the five conditions\n${conditions(status, next, paint)}`,
  );
  const attached = status.levels[next]?.state === "open" ? spoiltAttachments(store, instance) : [];
  if (attached.length > 0)
    return refuseSpoilt(port, {
      what,
      spoilt: attached.map((evidence) => ({ id: "the verification's attachment", evidence })),
      mend: "verify again with --verify FILE",
    });
  const until = Math.max(1, untilOf(store, ladder, level));
  const answer = await store.propose(store.ci, {
    instance,
    transition: "Level_Raise",
    inputs: { commit, until },
  });
  return tellAnswer(port, answer, what) ? EXIT.ok : EXIT.no;
}

/** Guards see what was recorded, not the bytes: whoever edits these is stopped here, before anything is signed. */
function refuseSpoilt(
  port: ConsolePort,
  about: { readonly what: string; readonly spoilt: readonly Spoilt[]; readonly mend: string },
): ExitCode {
  const named = about.spoilt.map(({ id, evidence }) => `${id} (${evidence.slice(0, 19)}…)`);
  port.err(
    `${createPaint(port.colour.err).error("refused")}: ${plainText(about.what)}: evidence_edited: what is stored of ${plainText(named.join(", "))} was edited or taken away since it was recorded; ${about.mend}\n`,
  );
  return EXIT.no;
}

/** Each condition by its name, met or what it lacks. */
function conditions(status: LadderStatus, next: number, paint: Paint): string {
  const lacking = status.levels[next]?.lacking ?? [];
  const names = [
    ["criteria green", "criteria green"],
    ["run by ci on this commit", "run by ci on this commit"],
    ["manual verification", "manual verification with attachments"],
    ["triggers armed", "regression triggers armed"],
    ["consensus", "consensus, k of n, signed"],
  ] as const;
  const lines = names.map(([start, name]) => {
    const lack = lacking.find((one) => one.startsWith(start));
    return lack === undefined
      ? `  ${paint.good("✓")} ${name}`
      : `  ${paint.error("✗")} ${plainText(lack)}`;
  });
  const below = lacking.find((one) => one.startsWith("the level below"));
  return `${[...lines, ...(below === undefined ? [] : [`  ${paint.error("✗")} ${below}`])].join("\n")}\n`;
}

function readAttachment(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new WorldError(
      `the attachment ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

interface StageStep {
  readonly store: GatesStore;
  readonly lifecycle: Lifecycle;
  readonly commit: string;
  readonly options: AdvanceOptions;
}

async function advanceStage(
  port: ConsolePort,
  { store, lifecycle, commit, options }: StageStep,
): Promise<ExitCode> {
  const instance = `lifecycle/${lifecycle.name}`;
  const from = stageOf(store, instance);
  const passed = STAGES.slice(0, STAGES.indexOf(from) + 1);
  const spoilt = spoiltAmong(
    store,
    lifecycle.name,
    passed.flatMap((stage) => gatesOfStage(lifecycle, stage)),
  );
  if (spoilt.length > 0)
    return refuseSpoilt(port, {
      what: `the step from ${from}`,
      spoilt,
      mend: "swoosh gates run --stage STAGE measures again",
    });
  if (options.approve !== undefined) {
    const inputs = { stage: options.approve, commit };
    const answer = await store.propose(personOf(store, options), {
      instance,
      transition: "Lifecycle_Approve",
      inputs,
    });
    if (!tellAnswer(port, answer, `approval of the ${options.approve}`)) return EXIT.no;
  }
  if (!options.stage) return EXIT.ok;
  const transition = from === "release" ? "Next_Iteration" : "Stage_Advance";
  const answer = await store.propose(store.ci, { instance, transition, inputs: { commit } });
  const to = STAGES[(STAGES.indexOf(from) + 1) % STAGES.length] ?? "plan";
  return tellAnswer(port, answer, `${from} → ${to === "plan" ? "plan of the next iteration" : to}`)
    ? EXIT.ok
    : EXIT.no;
}

export function stageOf(store: GatesStore, instance: string): (typeof STAGES)[number] {
  const leaf = store.recorded(instance)?.configuration.find((path) => path.startsWith("Stage."));
  return STAGES.find((stage) => leaf === `Stage.${stage.toUpperCase()}`) ?? "plan";
}
