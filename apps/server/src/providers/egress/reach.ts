import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@swoosh/kernel";
import { portOf, type Admission } from "./egress.ts";

/** ms for a name to be looked up, and again for a connection: together no more than `swoosh doctor` waits for the answer. */
export const PROBE_MS = 1_400;
/** ms for which what was found is said again, so that who asks often makes no more connections. */
const FRESH_MS = 5_000;

export type Admit = (url: URL) => Promise<Admission>;

/**
 * Which of those whom the settings name take no connection now; looked at when somebody asks, and not before. A connection
 * is all: whether they take what they are sent is known to those who send it, and told in the log. What is said has the
 * host alone, for an address may hold a password.
 */
export function reachProbe(
  named: readonly (readonly [setting: string, url: URL])[],
  given: { readonly admit: Admit; readonly clock: Clock },
): () => Promise<readonly string[]> {
  let found: Promise<readonly string[]> = Promise.resolve([]);
  let foundAt = -Infinity;
  return () => {
    const now = given.clock.now();
    if (now < foundAt || now >= foundAt + FRESH_MS) {
      foundAt = now;
      found = Promise.all(
        named.map(async ([setting, url]) => {
          const why = await reach(url, given.admit);
          return why === undefined ? [] : [`${setting}: ${url.host} cannot be reached: ${why}`];
        }),
      ).then((all) => all.flat());
    }
    return found;
  };
}

/** Why nobody takes a connection there, or undefined where somebody does. */
export async function reach(url: URL, admit: Admit): Promise<string | undefined> {
  const late = `no answer within ${PROBE_MS} ms`;
  try {
    // Looking a name up can take longer than anybody wants to wait.
    const admission = await Promise.race([admit(url), sleep(PROBE_MS, undefined, { ref: false })]);
    if (admission === undefined) return late;
    const { addresses, onStop } = admission;
    const [host = url.hostname] = addresses;
    return await new Promise((resolve) => {
      const socket = connect({ host, port: Number(portOf(url)) });
      const release = onStop(() => socket.destroy(new Error("outbound has ended")));
      const end = (why: string | undefined): void => {
        release();
        socket.destroy();
        resolve(why);
      };
      socket.setTimeout(PROBE_MS, () => end(late));
      socket.on("connect", () => end(undefined));
      socket.on("error", (error) => end(error.message));
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
