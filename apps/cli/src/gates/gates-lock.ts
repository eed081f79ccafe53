import { resolve } from "node:path";
import process from "node:process";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { lockContracts } from "./contracts-file.ts";
import { readKey } from "./node-ports.ts";
import { findRoot } from "./repository.ts";

/** `swoosh gates lock`: agrees to the contracts as they are; what breaks needs a person's key and a reason. */
export async function runGatesLock(
  port: ConsolePort,
  options: { readonly repo?: string; readonly key?: string; readonly reason?: string },
): Promise<ExitCode> {
  const root = options.repo === undefined ? await findRoot(process.cwd()) : resolve(options.repo);
  if ((options.key === undefined) !== (options.reason === undefined))
    throw new WorldError("--key and --reason belong together: who decides, and why");
  const person =
    options.key === undefined || options.reason === undefined
      ? undefined
      : { key: readKey(options.key), reason: options.reason };
  for (const line of lockContracts(root, person)) port.out(`locked ${line}\n`);
  return EXIT.ok;
}
