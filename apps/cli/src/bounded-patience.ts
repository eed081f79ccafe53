import type { SdkPorts } from "@swoosh/sdk";

/** ms for which nobody may listen before the server counts as gone: one that is being started again is there by then. */
export const GONE_MS = 5_000;

type Doors = Pick<SdkPorts, "http" | "clock">;

/**
 * The same doors, for a person who waits: says the first time that nobody listens, and, where nobody does for `GONE_MS`, that the server
 * is gone and what to do. From then on nothing is asked and nothing waited for, so the client gives up at once. An answer of
 * any kind begins anew: what a server says itself is tried for as long as the client's own bounds allow.
 */
export function boundedPatience(
  { clock, http }: Doors,
  about: { readonly url: string; readonly tell: (words: string) => void },
): Doors {
  const { tell, url } = about;
  let silentSince: number | null = null;
  let isGone = false;
  return {
    http: async (request) => {
      try {
        const response = await http(request);
        silentSince = null;
        return response;
      } catch (error) {
        const why = codeOf(error);
        if (why === undefined || isGone) throw error;
        if (silentSince === null)
          tell(
            `nobody listens at ${url} (${why}); trying again for ${GONE_MS / 1_000} s, Ctrl-C ends it. Start one with swoosh up, or name another with --url`,
          );
        silentSince ??= clock.now();
        if (clock.now() - silentSince >= GONE_MS) {
          isGone = true;
          tell(
            `the server at ${url} is gone (${why}). Its own last words say why: exit code 4 is docs/runbooks/fenced-node.md. Look with swoosh doctor, start it again with swoosh up; what was sent without an answer may be sent again under the same --idem-key`,
          );
        }
        throw error;
      }
    },
    clock: {
      now: () => clock.now(),
      wakeIn: (ms, wake) => {
        if (isGone) return clock.wakeIn(0, wake);
        const left = silentSince === null ? ms : silentSince + GONE_MS - clock.now();
        return clock.wakeIn(Math.max(0, Math.min(ms, left)), wake);
      },
    },
  };
}

/** Why no connection was had, where that is what happened; what a fetch rejects with has it as its cause. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && NOBODY.has(code) ? code : undefined;
}

const NOBODY: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
]);
