import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { canonicalize, isValueHash } from "@swoosh/kernel/values";
import type { Client, Signer } from "@swoosh/sdk";
import type { ProjectRunFlags } from "./add-project-commands.ts";
import { connect } from "./connect.ts";
import type { ConsolePort } from "./console-port.ts";
import { createLog, isLogLevel } from "./create-log.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { beginProject, nextInstance } from "./project/begin-project.ts";
import { startEmbeddedFleet } from "./project/embedded-fleet.ts";
import { followProject, type ProjectEnd } from "./project/follow-project.ts";
import { toldLine } from "./project/told-line.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

/** `swoosh project run`: 0 completed, 1 it ended otherwise or waits for a person. */
export function runProject(
  port: ConsolePort,
  source: string,
  flags: ProjectRunFlags,
): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const where = sourceOf(source);
    const problems = await fileProblems(where);
    if (problems.length > 0) {
      for (const problem of problems) port.err(`swoosh: ${plainText(problem)}\n`);
      return EXIT.no;
    }
    if (flags.url !== undefined || (flags.data === undefined && "SWOOSH_URL" in process.env)) {
      const connection = await connect(flags, await signerOf(flags.key));
      return drive(port, { client: connection.client, source: where, flags });
    }
    return runEmbedded(port, where, flags);
  });
}

async function runEmbedded(
  port: ConsolePort,
  source: string,
  flags: ProjectRunFlags,
): Promise<ExitCode> {
  const level = flags.logLevel ?? "error";
  if (!isLogLevel(level))
    throw new WorldError(`log level ${level} is none of debug, info, warn and error`);
  const isOwn = flags.data === undefined;
  const data = flags.data ?? mkdtempSync(join(tmpdir(), "swoosh-project-"));
  const log = createLog(port, { level, isPerson: process.stderr.isTTY === true });
  const { dataFolder, readKeyFile } = await import("@swoosh/server/keys");
  const fleet = await startEmbeddedFleet({
    data,
    agents: Number(flags.agents ?? 3),
    beatsPerMinute: Number(flags.tempo ?? 120),
    log,
  });
  try {
    const key = readKeyFile(flags.key ?? dataFolder(data).operatorKey);
    const { createClient, createWebPorts } = await import("@swoosh/sdk");
    const signer: Signer = { key: key.identity, sign: async (bytes) => key.signBytes(bytes) };
    const client = createClient({ url: fleet.url, ports: createWebPorts(globalThis), signer });
    return await drive(port, { client, source, flags });
  } finally {
    await fleet.stop();
    if (isOwn) rmSync(data, { recursive: true, force: true });
  }
}

interface Drive {
  readonly client: Client;
  readonly source: string;
  readonly flags: ProjectRunFlags;
}

async function drive(port: ConsolePort, { client, flags, source }: Drive): Promise<ExitCode> {
  const instance = flags.instance ?? (await nextInstance(client, `project/${idOf(source)}`));
  const since = await beginProject(client, { instance, source });
  const paint = createPaint(port.colour.out);
  const abort = new AbortController();
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    abort.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  const began = Date.now();
  if (flags.json !== true) port.out(`${paint.strong(instance)} from ${plainText(source)}\n`);
  try {
    const end = await followProject({
      client,
      instance,
      since,
      signal: abort.signal,
      tell: (told) => {
        if (flags.json === true)
          port.out(`${canonicalize({ ...told, changes: [...told.changes] })}\n`);
        else if (flags.watch === true) port.out(`${toldLine(told, began, paint)}\n`);
      },
    });
    if (end.kind === "waits") await tellProblems(port, client, instance);
    return tellEnd(port, { end, instance, flags });
  } catch (error) {
    if (!isStopped) throw error;
    port.err(`stopped; ${instance} goes on where it is with the next run\n`);
    return EXIT.no;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, stop);
  }
}

/** What ingestion found wrong with the source, each with its place: the project's document has room for the first alone. */
async function tellProblems(port: ConsolePort, client: Client, instance: string): Promise<void> {
  const state = await client.state(instance);
  const isRejected = state?.configuration.some((leaf) => leaf.endsWith(".Ingestion.REJECTED"));
  if (isRejected !== true) return;
  let evidence: string | undefined;
  for await (const decision of client.decisions({ instance, transition: "Ingestion_Rejected" }))
    [evidence] = decision.evidence;
  if (evidence === undefined || !isValueHash(evidence)) return;
  const bytes = await client.getEvidence(evidence);
  const { problems }: { problems?: unknown } = Object(
    bytes === undefined ? {} : JSON.parse(Buffer.from(bytes).toString("utf8")),
  );
  for (const problem of Array.isArray(problems) ? problems : [])
    port.err(`swoosh: ${plainText(String(problem))}\n`);
}

function tellEnd(
  port: ConsolePort,
  told: { readonly end: ProjectEnd; readonly instance: string; readonly flags: ProjectRunFlags },
): ExitCode {
  const { end, flags, instance } = told;
  const paint = createPaint(port.colour.out);
  if (flags.json === true) port.out(`${canonicalize({ end: { ...end }, instance })}\n`);
  if (end.kind === "completed") {
    if (flags.json !== true) port.out(`${paint.good("completed")} ${plainText(instance)}\n`);
    return EXIT.ok;
  }
  const word = end.kind === "waits" ? "waits" : "ended";
  if (flags.json !== true)
    port.out(`${paint.error(word)} ${plainText(instance)}: ${plainText(end.why)}\n`);
  return EXIT.no;
}

/** A path of this machine whole, so that the server finds it from wherever it runs; anything else as it is. */
function sourceOf(source: string): string {
  return existsSync(source) ? resolve(source) : source;
}

/** What is wrong with the project file of a directory, before anything is begun; of other sources ingestion says it. */
async function fileProblems(source: string): Promise<readonly string[]> {
  if (!existsSync(source) || !statSync(source).isDirectory()) return [];
  const path = join(source, "swoosh.yaml");
  if (!existsSync(path))
    return [`${path} is not there; its least form is a goal and tasks: [{id, run}]`];
  const { readProjectFile } = await import("@swoosh/server/project-file");
  const { problems = [] } = readProjectFile(readFileSync(path, "utf8"), path);
  return problems.map(({ column, file, line, message }) => `${file}:${line}:${column}: ${message}`);
}

function idOf(source: string): string {
  const name = basename(source.replace(/\/+$/, "")).replace(/\.(git|tar|tgz|tar\.gz)$/, "");
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 64) || "project";
}

async function signerOf(path: string | undefined): Promise<Signer> {
  const file = path ?? process.env["SWOOSH_KEY"];
  if (file === undefined)
    throw new WorldError("nobody signs: give --key with an operator's key file, or --data");
  const { readKeyFile } = await import("@swoosh/server/keys");
  const key = readKeyFile(file);
  return { key: key.identity, sign: async (bytes) => key.signBytes(bytes) };
}
