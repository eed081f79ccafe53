import { hash } from "node:crypto";
import { relative, resolve } from "node:path";
import { readTaskSpec, type TaskSpec } from "@swoosh/gates";
import type { JsonObject } from "@swoosh/kernel/values";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { formatProblems, summarize } from "../format-problems.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { readText } from "../read-text.ts";
import { defineLadder, defineLifecycle } from "./define-gates.ts";
import { readSession } from "./gates-session.ts";
import type { GatesStore } from "./gates-store.ts";
import { readKey } from "./node-ports.ts";
import { revisionOf } from "./repository.ts";
import { spoiltPart } from "./spoilt-evidence.ts";
import { strangerOf, taskCriteria } from "./task-criteria.ts";
import { tellAnswer } from "./tell-answer.ts";
import { withStore } from "./with-store.ts";

/** What can be done with a task, in order. */
export type TaskAct = "specify" | "approve" | "begin" | "finish" | "drop" | "show";

/** `swoosh gates task ACT FILE`: an atomic task from its specification to done, on fresh verdicts of its acceptance criteria. */
export async function runGatesTask(
  port: ConsolePort,
  act: TaskAct,
  file: string,
  options: {
    readonly repo?: string;
    readonly url?: string;
    readonly key?: string;
    readonly reason?: string;
  },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder, lifecycle } = session;
  const text = readText(resolve(root, file));
  const { task, problems } = readTaskSpec(text);
  if (task === undefined) {
    const shown = relative(root, resolve(root, file));
    const paint = createPaint(port.colour.err);
    port.err(`${formatProblems(shown, text, problems, paint)}${shown}: ${summarize(problems)}\n`);
    return EXIT.usage;
  }
  const known = taskCriteria(session);
  const stranger = strangerOf(known, task);
  if (stranger !== undefined) {
    port.err(`${createPaint(port.colour.err).error("swoosh:")} ${plainText(stranger)}\n`);
    return EXIT.usage;
  }
  const criteria = task.acceptance.map((one) => known.get(one)?.name ?? one);
  return withStore(root, options, async (store) => {
    const instance = `task/${task.id}`;
    if (act === "show") return show(port, { store, instance, task });
    if (ladder !== undefined) await defineLadder(store, ladder);
    if (lifecycle !== undefined) await defineLifecycle(store, lifecycle);
    const spec = `sha256-${hash("sha256", text, "hex")}`;
    const spoilt = criteria.filter((id) => spoiltPart(store, `criterion/${id}`) !== undefined);
    if (act === "finish" && spoilt.length > 0) {
      port.err(
        `${createPaint(port.colour.err).error("refused")}: finish ${task.id}: evidence_edited: what is stored of ${plainText(spoilt.join(", "))} was edited or taken away since it was recorded; run it again\n`,
      );
      return EXIT.no;
    }
    const isOfPeople = act === "approve" || act === "drop";
    const by = isOfPeople ? readKey(options.key ?? store.operatorKeyPath) : store.ci;
    const answer = await store.propose(by, {
      instance,
      ...stepOf(act, { spec, criteria, commit: (await revisionOf(root)).commit, ...options }),
    });
    return tellAnswer(port, answer, `${act} ${task.id}`) ? EXIT.ok : EXIT.no;
  });
}

function stepOf(
  act: Exclude<TaskAct, "show">,
  about: {
    readonly spec: string;
    readonly criteria: readonly string[];
    readonly commit: string;
    readonly reason?: string;
  },
): { readonly transition: string; readonly inputs: JsonObject } {
  const { spec, criteria, commit, reason = "dropped" } = about;
  return {
    specify: { transition: "Task_Specify", inputs: { spec, criteria: [...criteria] } },
    approve: { transition: "Task_Approve", inputs: { spec } },
    begin: { transition: "Task_Begin", inputs: {} },
    finish: { transition: "Task_Finish", inputs: { commit } },
    drop: { transition: "Task_Drop", inputs: { reason: [...reason].slice(0, 200).join("") } },
  }[act];
}

function show(
  port: ConsolePort,
  {
    store,
    instance,
    task,
  }: { readonly store: GatesStore; readonly instance: string; readonly task: TaskSpec },
): ExitCode {
  const recorded = store.recorded(instance);
  const paint = createPaint(port.colour.out);
  const state = recorded?.configuration[0] ?? "not specified";
  port.out(`${paint.strong(plainText(task.title))} (${task.id}): ${state.toLowerCase()}\n`);
  const criteria = recorded?.context["criteria"];
  for (const id of Array.isArray(criteria) ? criteria : []) {
    const verdict = store.recorded(`criterion/${String(id)}`)?.configuration[0] ?? "not run";
    port.out(
      `  ${verdict === "PASSING" ? paint.good("✓") : paint.dim("○")} ${String(id)} ${verdict}\n`,
    );
  }
  return EXIT.ok;
}
