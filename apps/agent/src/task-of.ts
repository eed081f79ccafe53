import type { TaskGate } from "@swoosh/guards";
import type { RunnerHandler } from "@swoosh/sdk";
import type { Task } from "./task-worker.ts";
import { WorkProblem } from "./work-problem.ts";

/** A lease's data as a task; throws `WorkProblem` where it is none. */
export function taskOf({
  data,
  fence,
  kind,
  session,
}: Parameters<RunnerHandler["lease"]>[0]): Task {
  if (kind !== "task") throw new WorkProblem("unknown_kind", `this agent does tasks, not ${kind}`);
  const limits = Object(data["limits"]);
  const run = textsOf(data["run"]);
  if (run.length === 0) throw new WorkProblem("bad_request", "run must have a program");
  return {
    artefacts: textsOf(data["artefacts"]),
    contentHash: String(data["content_hash"]),
    fence,
    gate: gateOf(data["gate"]),
    instance: String(data["instance"]),
    limits: {
      memoryBytes: countOf(limits["memoryBytes"], "memoryBytes"),
      outputBytes: countOf(limits["outputBytes"], "outputBytes"),
      timeoutMs: countOf(limits["timeoutMs"], "timeoutMs"),
    },
    run,
    session,
    task: String(data["task"]),
  };
}

function gateOf(value: unknown): TaskGate | null {
  if (value === null || value === undefined) return null;
  const { contains, exit, files, lacks, name } = Object(value);
  return {
    contains: textsOf(contains),
    exit: typeof exit === "number" ? exit : 0,
    files: textsOf(files),
    lacks: textsOf(lacks),
    name: String(name),
  };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function countOf(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new WorkProblem("bad_request", `${name} must be a positive integer`);
}
