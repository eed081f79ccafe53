import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { AgentUpFlags } from "./add-project-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { createLog, isLogLevel } from "./create-log.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

/** `swoosh agent up`: runs until it is asked to stop, its parent is gone, or the controller refuses it for good. */
export function runAgentUp(port: ConsolePort, flags: AgentUpFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { controller, name, pool, capabilities } = flags;
    if (!URL.canParse(controller))
      throw new WorldError(`${controller} is no address; write it as http://127.0.0.1:8080`);
    const level = flags.logLevel ?? "info";
    if (!isLogLevel(level))
      throw new WorldError(`log level ${level} is none of debug, info, warn and error`);
    const log = createLog(port, { level, isPerson: process.stderr.isTTY === true });
    const folder = flags.folder ?? mkdtempSync(join(tmpdir(), "swoosh-agent-"));
    const { runAgent } = await import("@swoosh/agent");
    const agent = await runAgent({
      url: controller.replace(/\/$/, ""),
      name,
      pool,
      capabilities,
      pem: readPem(flags.key),
      folder,
      hidden: [flags.key, ...(flags.hide ?? [])],
      ...(flags.blobs === undefined ? {} : { blobs: flags.blobs }),
      log: (at, message) => log(at, message, { agentId: name }),
    });
    const end = await Promise.race([
      agent.refused.then((why) => ({ why })),
      untilSignal(),
      ...(flags.withParent === true ? [untilInputEnds()] : []),
    ]);
    await agent.stop();
    if (end === null) return EXIT.ok;
    port.err(`swoosh: the controller refuses ${name}: ${end.why}\n`);
    return EXIT.no;
  });
}

function readPem(file: string): string {
  const text = readFileSync(file, "utf8");
  if (text.includes("BEGIN PRIVATE KEY")) return text;
  throw new WorldError(
    `${file} holds no private key (BEGIN PRIVATE KEY is missing); name the agent's PEM file with --key`,
  );
}

function untilSignal(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(null));
  });
}

function untilInputEnds(): Promise<null> {
  return new Promise((resolve) => {
    process.stdin.once("end", () => resolve(null));
    process.stdin.once("error", () => resolve(null));
    process.stdin.resume();
  });
}
