import type { GitAddress } from "./git-address.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { GIT_ASK_TIMEOUT_MS } from "./limits.ts";
import { pinnedConfig, type AdmitOutbound } from "./outbound.ts";
import { GitFailed, runGit } from "./run-git.ts";

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Asks the remote for the commit that the address means now; a full commit is taken as it is. */
export async function resolveCommit(
  address: GitAddress,
  admit: AdmitOutbound,
): Promise<{ readonly commit: string; readonly ref: string | undefined }> {
  if (address.ref !== undefined && COMMIT.test(address.ref))
    return { commit: address.ref, ref: undefined };
  const wanted = address.ref ?? "HEAD";
  const answer = await askRemote(address, admit, ["ls-remote", "--", address.remote]);
  const refs = new Map(
    answer
      .toString("utf8")
      .split("\n")
      .flatMap((line) => {
        const [commit = "", name = ""] = line.split("\t");
        return COMMIT.test(commit) ? [[name, commit] as const] : [];
      }),
  );
  // An annotated tag names itself and, peeled, the commit that is meant.
  for (const name of [
    `refs/tags/${wanted}^{}`,
    wanted,
    `refs/heads/${wanted}`,
    `refs/tags/${wanted}`,
  ]) {
    const commit = refs.get(name);
    if (commit !== undefined) return { commit, ref: name.replace("^{}", "") };
  }
  if (refs.size === 0)
    throw new IngestProblem(
      "bad_source",
      `${shown(address)} has no commits yet; commit something first`,
    );
  throw new IngestProblem(
    "bad_source",
    `${shown(address)} has no branch or tag "${wanted}"; there are ${[...refs.keys()].slice(0, 6).join(", ")}`,
  );
}

/** One call to the remote, admitted first; git's complaint in our words. */
export async function askRemote(
  address: GitAddress,
  admit: AdmitOutbound,
  argv: readonly string[],
  rest: Partial<Parameters<typeof runGit>[0]> = {},
): Promise<Buffer> {
  const { outbound } = address;
  const admission = outbound === undefined ? undefined : await admitted(admit, outbound);
  const config = outbound === undefined ? [] : pinnedConfig(outbound, admission?.addresses ?? []);
  try {
    return await runGit({
      timeoutMs: GIT_ASK_TIMEOUT_MS,
      ...rest,
      argv,
      config,
      onStop: admission?.onStop,
    });
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    throw unreachable(address, error);
  }
}

async function admitted(
  admit: AdmitOutbound,
  url: URL,
): Promise<Awaited<ReturnType<AdmitOutbound>>> {
  try {
    return await admit(url);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "outbound_refused")
      throw new IngestProblem("outbound_refused", error.message, { cause: error });
    throw error;
  }
}

export function unreachable(address: GitAddress, error: GitFailed): IngestProblem {
  const complaint = error.complaint === "" ? "it said nothing" : error.complaint;
  const hint = complaint.includes("dubious ownership")
    ? "the folder belongs to another user; give it as directory:PATH, or change its owner"
    : "is the address right, and is the server up?";
  return new IngestProblem(
    "unreachable_source",
    `${shown(address)} cannot be fetched: ${complaint.replaceAll(/\s+/g, " ")}; ${hint}`,
    { cause: error },
  );
}

export function shown({ remote }: GitAddress): string {
  return remote;
}
