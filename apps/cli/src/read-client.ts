import type { Client } from "@swoosh/sdk";
import type { ReadFlags } from "./add-read-commands.ts";
import { connectToRead } from "./connect.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** Runs a reading command with a client of the server that the flags name, and closes it. */
export function withReader(
  port: ConsolePort,
  flags: ReadFlags,
  run: (client: Client) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const connection = await connectToRead(flags, await signerOf(flags), (words) =>
      port.err(`swoosh: ${plainText(words)}\n`),
    );
    try {
      return await run(connection.client);
    } catch (error) {
      const exit = exitOf(error);
      if (exit === undefined || !(error instanceof Error)) throw error;
      const paint = createPaint(port.colour.err);
      port.err(`${paint.error("swoosh:")} ${plainText(error.message)}\n`);
      return exit;
    } finally {
      await connection.close();
    }
  });
}

/** A server that answers, but not what was asked: the query was wrong, or the reader may not. */
function exitOf(error: unknown): ExitCode | undefined {
  if (!(error instanceof Error) || error.name !== "SdkError") return undefined;
  const problem: unknown = error.cause;
  const code =
    typeof problem === "object" && problem !== null && "code" in problem ? problem.code : undefined;
  if (code === "bad_query") return EXIT.usage;
  return code === "unauthenticated" || code === "forbidden" ? EXIT.no : undefined;
}

/** What is asked for is not there: the answer is no. */
export function notThere(port: ConsolePort, what: string): ExitCode {
  const paint = createPaint(port.colour.err);
  port.err(
    `${paint.error("swoosh:")} there is no ${plainText(what)}; swoosh instances lists what there is\n`,
  );
  return EXIT.no;
}

/** A count in an option, or undefined where it was left out; a wrong one is told and gives null. */
export function countOf(
  port: ConsolePort,
  name: string,
  text: string | undefined,
): number | undefined | null {
  if (text === undefined) return undefined;
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  const paint = createPaint(port.colour.err);
  port.err(
    `${paint.error("swoosh:")} ${name} is ${plainText(JSON.stringify(text))}; an integer from 0\n`,
  );
  return null;
}

async function signerOf(flags: ReadFlags): Promise<Parameters<typeof connectToRead>[1]> {
  const path = flags.key ?? process.env["SWOOSH_KEY"];
  if (path === undefined) return undefined;
  const { readKeyFile } = await import("@swoosh/server/keys");
  const key = readKeyFile(path);
  return { key: key.identity, sign: async (bytes) => key.signBytes(bytes) };
}
