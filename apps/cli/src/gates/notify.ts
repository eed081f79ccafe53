import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Lifecycle } from "@swoosh/gates";
import type { GatesStore } from "./gates-store.ts";
import { runCommand } from "./run-command.ts";
import { RunningGroups } from "./running-groups.ts";

const NOTIFY_TIMEOUT_MS = 10_000;

/** Tells people, by command and by webhook. Whether it arrived is noted either way; that it did not never stops a halt. */
export async function notify(about: {
  readonly root: string;
  readonly store: GatesStore;
  readonly lifecycle: Lifecycle | undefined;
  readonly message: string;
  /** Of `on_p0`: what else must stop. Before anybody is told, for people are slower. */
  readonly commands?: readonly string[];
}): Promise<void> {
  const { root, lifecycle, message, commands = [] } = about;
  const deliveries: { readonly way: string; readonly ok: boolean; readonly detail: string }[] = [];
  const told = lifecycle?.notify.command ?? null;
  const asked = [
    ...commands.map((run) => ({ way: `on_p0: ${run}`, run })),
    ...(told === null ? [] : [{ way: "command", run: told }]),
  ];
  for (const { way, run } of asked) {
    const command = {
      run,
      timeoutMs: NOTIFY_TIMEOUT_MS,
      expect: { exit: 0, contains: [], lacks: [], testsMin: 0 },
      report: null,
    };
    const groups = new RunningGroups(join(root, ".swoosh", "gates", "running"));
    const done = await runCommand(command, {
      root,
      environment: { SWOOSH_MESSAGE: message },
      groups,
      secrets: [],
      now: () => Date.now(),
    });
    deliveries.push({
      way,
      ok: done.exit === 0,
      detail: done.trouble ?? `exit ${done.exit ?? done.signal ?? "?"}`,
    });
  }
  if (lifecycle?.notify.webhook !== null && lifecycle?.notify.webhook !== undefined)
    deliveries.push(await post(lifecycle.notify.webhook, message));
  const at = new Date().toISOString();
  for (const delivery of deliveries)
    appendFileSync(
      join(root, ".swoosh", "gates", "deliveries.jsonl"),
      `${JSON.stringify({ at, message, ...delivery })}\n`,
    );
}

async function post(
  url: string,
  message: string,
): Promise<{ readonly way: string; readonly ok: boolean; readonly detail: string }> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: message }),
      signal: AbortSignal.timeout(NOTIFY_TIMEOUT_MS),
    });
    return { way: "webhook", ok: answer.ok, detail: `status ${answer.status}` };
  } catch (error) {
    return {
      way: "webhook",
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
    };
  }
}
