import { runSwoosh } from "../../test/run-swoosh.ts";

/** A record, as far as tests of projects look at it. */
export interface LoggedStep {
  readonly inputs?: { readonly [name: string]: unknown };
  readonly proposal: {
    readonly instance: string;
    readonly signer: string;
    readonly transition: string;
  };
}

/** The whole log of a folder whose server has stopped. */
export async function logOf(data: string): Promise<readonly LoggedStep[]> {
  const { out } = await runSwoosh(["journal", "cat", "--data", data, "--json"]);
  return out
    .trim()
    .split("\n")
    .map((line): LoggedStep => JSON.parse(line));
}
