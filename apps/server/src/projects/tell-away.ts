import { connectNats } from "../providers/connect-nats.ts";
import { OutboundRefused } from "../providers/egress/egress.ts";
import { outboundRequest } from "../providers/egress/outbound-request.ts";
import { PROBE_MS, reach, type Admit } from "../providers/egress/reach.ts";
import type { Log } from "../up/log.ts";
import { namedIn } from "./probe-world.ts";
import type { WorldSettings } from "./world-settings.ts";

/**
 * Says at a start, one line each, who of those whom the settings name cannot be reached, or is reached and refuses what this server shows.
 * It holds nothing up: whoever is away may come, and what needs nobody goes on. Where the egress refuses, it says so itself.
 */
export async function tellAway(
  world: WorldSettings,
  { admit, log }: { readonly admit: Admit; readonly log: Log },
): Promise<void> {
  await Promise.all(
    namedIn(world).map(async ([setting, url]) => {
      // Whom the egress keeps from us is not away.
      let isKept = false;
      const why = await reach(url, (to) =>
        admit(to).catch((error: unknown) => {
          isKept = error instanceof OutboundRefused;
          throw error;
        }),
      );
      if (isKept) return;
      if (why !== undefined) {
        log(
          "warn",
          `${setting}: ${url.host} cannot be reached: ${why}; it is tried again when it is needed`,
        );
        return;
      }
      const refusal = await refusalOf(setting, { url, world, admit });
      if (refusal !== undefined) log("warn", `${setting}: ${url.host} ${refusal}`);
    }),
  );
}

/** Of those that ask who is there: why they would not have us; undefined: they would, or that cannot be told. */
async function refusalOf(
  setting: string,
  about: { readonly url: URL; readonly world: WorldSettings; readonly admit: Admit },
): Promise<string | undefined> {
  try {
    if (setting === "gitea-url") return await giteaRefusal(about);
    if (setting === "nats") return await natsRefusal(about);
    return undefined;
  } catch (error) {
    return `takes a connection and gives no answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** By what the server asks it for later, so that leave for one thing is not taken for leave for all. */
async function giteaRefusal({
  admit,
  url,
  world,
}: {
  readonly url: URL;
  readonly world: WorldSettings;
  readonly admit: Admit;
}): Promise<string | undefined> {
  const token = world.gitea?.token;
  const root = url.href.endsWith("/") ? url.href : `${url.href}/`;
  const { status } = await outboundRequest(
    admit,
    new URL("api/v1/repos/issues/search?limit=1", root),
    {
      headers: token === undefined ? {} : { authorization: `token ${token.reveal()}` },
      timeoutMs: PROBE_MS,
    },
  );
  if (status === 200) return undefined;
  if (status !== 401 && status !== 403) return `answers ${status} to a search for issues`;
  return token === undefined
    ? `wants a token (${status}); set gitea-token`
    : `refuses gitea-token (${status}); set one with leave to read issues and repositories`;
}

async function natsRefusal({
  admit,
  url,
}: {
  readonly url: URL;
  readonly admit: Admit;
}): Promise<string | undefined> {
  try {
    const { connection, release } = await connectNats({
      admit,
      url: url.href,
      timeoutMs: PROBE_MS,
    });
    release();
    await connection.close();
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `refuses this server: ${why}`;
  }
}
