import type { Severity } from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { ensureLifecycle } from "./ensure-lifecycle.ts";
import { readSession } from "./gates-session.ts";
import { withStore } from "./with-store.ts";
import { haltIn } from "./halt-of.ts";
import { haltEverything } from "./stop-everything.ts";
import { notify } from "./notify.ts";
import { readKey } from "./node-ports.ts";

/** `swoosh gates halt`: somebody is not sure. Durable before anybody is told. */
export async function runGatesHalt(
  port: ConsolePort,
  options: {
    readonly repo?: string;
    readonly url?: string;
    readonly severity: Severity;
    readonly reason: string;
  },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  return withStore(session.root, options, async (store) => {
    const [instance = ""] = await ensureLifecycle(store, session.lifecycle);
    const reason = [...options.reason].slice(0, 100).join("");
    const answer = await store.propose(store.ci, {
      instance,
      transition: "Lifecycle_Halt",
      inputs: { severity: options.severity, reason },
      justification: [...options.reason].slice(0, 2_000).join(""),
    });
    const paint = createPaint(port.colour.out);
    if (answer.kind === "refused") {
      port.err(
        `refused: ${answer.refused.code}: ${answer.refused.reasons.map(plainText).join("; ")}\n`,
      );
      return EXIT.no;
    }
    if (options.severity === "P0") await haltEverything(store, session.lifecycle, reason);
    port.out(
      `${paint.error("HALTED")} (${options.severity}): ${plainText(reason)} (record ${answer.index}); swoosh gates resume goes on, signed by a person\n`,
    );
    await notify({
      root: session.root,
      store,
      lifecycle: session.lifecycle,
      message: `HALTED (${options.severity}): ${reason}`,
      commands: options.severity === "P0" ? (session.lifecycle?.onP0 ?? []) : [],
    });
    return EXIT.ok;
  });
}

/** `swoosh gates resume`: signed by a person, or refused. */
export async function runGatesResume(
  port: ConsolePort,
  options: {
    readonly repo?: string;
    readonly url?: string;
    readonly reason: string;
    readonly key?: string;
  },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  return withStore(session.root, options, async (store) => {
    const all = await ensureLifecycle(store, session.lifecycle);
    const halted = all.filter((one) => haltIn(store, one) !== null);
    const person = readKey(options.key ?? store.operatorKeyPath);
    const reason = [...options.reason].slice(0, 200).join("");
    // Where nothing is halted the log says so.
    const answers = [];
    for (const instance of halted.length === 0 ? all.slice(0, 1) : halted)
      answers.push(
        await store.propose(person, {
          instance,
          transition: "Lifecycle_Resume",
          inputs: { reason },
        }),
      );
    const refused = answers.find((answer) => answer.kind === "refused");
    if (refused === undefined) {
      const records = answers.flatMap((answer) =>
        answer.kind === "accepted" ? [answer.index] : [],
      );
      port.out(
        `resumed: ${plainText(reason)} (record${records.length === 1 ? "" : "s"} ${records.join(" and ")})\n`,
      );
      return EXIT.ok;
    }
    const { code, reasons } = refused.refused;
    const why =
      code === "forbidden"
        ? "only a person's key resumes; the runner's own key may not"
        : code === "not_enabled"
          ? "the lifecycle is not halted"
          : reasons.map(plainText).join("; ");
    port.err(`${createPaint(port.colour.err).error("refused")}: ${code}: ${why}\n`);
    return EXIT.no;
  });
}
