import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { RunningFlags } from "./add-running-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { runningServer, tellNone } from "./running-server.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

/** ms that a server gets to answer; `/readyz` itself asks others for up to 3 s. */
const ANSWER_MS_MAX = 5_000;

/** `swoosh status`: exit 0 where a server runs, 1 where none does. */
export function runStatus(port: ConsolePort, { data, json }: RunningFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { folder, server } = await runningServer(data);
    if (server === undefined) {
      if (json === true) port.out(`${canonicalize({ data: folder, running: false })}\n`);
      else await tellNone(port, folder);
      return EXIT.no;
    }
    const { logFile, pid, since, url } = server;
    const health = objectOf((await ask(`${url}/health`)).body);
    if (json === true) {
      const about = { data: folder, health, log_file: logFile, pid, running: true, url };
      port.out(`${canonicalize({ ...about, since: new Date(since).toISOString() })}\n`);
      return EXIT.ok;
    }
    const paint = createPaint(port.colour.out);
    const problems = Array.isArray(health["problems"]) ? health["problems"].map(String) : [];
    const rows: readonly (readonly [string, string])[] = [
      ["server", url],
      ["data folder", folder],
      ["process", `${pid}, since ${new Date(since).toISOString()}`],
      ["log", logFile ?? "its standard error alone"],
      ["condition", String(health["status"])],
      ["records", String(health["treeSize"])],
      ...problems.map((problem) => ["problem", problem] as const),
    ];
    for (const [name, value] of rows)
      port.out(`${paint.strong(name.padEnd(13))}${plainText(value)}\n`);
    return EXIT.ok;
  });
}

/** `swoosh health`: exit 0 where the server is ready, 1 where it is not, or there is none. */
export function runHealth(port: ConsolePort, { data, json }: RunningFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { folder, server } = await runningServer(data);
    if (server === undefined) {
      if (json === true)
        port.out(`${canonicalize({ missing: ["server: none runs"], ok: false })}\n`);
      else await tellNone(port, folder);
      return EXIT.no;
    }
    const { body, status } = await ask(`${server.url}/readyz`);
    const isReady = status === 200;
    if (json === true) {
      port.out(`${canonicalize(body)}\n`);
      return isReady ? EXIT.ok : EXIT.no;
    }
    const paint = createPaint(port.colour.out);
    if (isReady) {
      port.out(`${paint.good("ready")}: ${server.url} takes proposals and misses nobody\n`);
      return EXIT.ok;
    }
    const { missing } = objectOf(body);
    port.out(`${paint.error("not ready")}: ${server.url} misses\n`);
    for (const one of Array.isArray(missing) ? missing.map(String) : [])
      port.out(`  ${plainText(one)}\n`);
    port.out("swoosh doctor says what to do\n");
    return EXIT.no;
  });
}

async function ask(url: string): Promise<{ readonly status: number; readonly body: Json }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const body: Json = JSON.parse(await response.text());
    return { status: response.status, body };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError(
      `the server runs, but ${url} does not answer: ${why}; its log says why (swoosh logs), and swoosh doctor what to do`,
    );
  }
}

function objectOf(body: Json): Readonly<Record<string, Json>> {
  if (typeof body !== "object" || body === null) return {};
  return Object.fromEntries<Json>(Object.entries(body));
}
