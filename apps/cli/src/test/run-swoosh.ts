import { main } from "../main.ts";
import { CapturedConsole } from "./captured-console.ts";

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command in this process. */
export async function runSwoosh(
  argv: readonly string[],
  port: CapturedConsole = new CapturedConsole(),
): Promise<Answer> {
  const code = await main(argv, port);
  return { code, out: port.outText, err: port.errText };
}
