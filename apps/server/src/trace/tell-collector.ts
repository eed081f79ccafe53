import type { Secret } from "../settings/secret.ts";
import type { Log } from "../up/log.ts";
import { otlpHeaders } from "./otlp-headers.ts";

/** ms that a collector gets to answer. */
const ANSWER_MS_MAX = 3_000;

/** Says at a start, in one line, where the collector cannot be reached or refuses what it is shown: with spans nobody would notice. */
export async function tellCollector(
  { headers, url }: { readonly url: string; readonly headers: Secret | undefined },
  log: Log,
): Promise<void> {
  const host = URL.parse(url)?.host ?? url;
  try {
    const { body, status } = await fetch(url, {
      method: "POST",
      // No span at all: what a collector makes of that is its affair, but for who may send.
      body: '{"resourceSpans":[]}',
      headers: { ...otlpHeaders(headers), "content-type": "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await body?.cancel();
    if (status === 401 || status === 403)
      log(
        "warn",
        `otlp-url: ${host} refuses otlp-headers (${status}); no span arrives until it takes them`,
      );
    else if (status >= 300)
      log(
        "warn",
        `otlp-url: ${host} answers ${status} to spans; is the path right, such as /v1/traces?`,
      );
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    log("warn", `otlp-url: ${host} cannot be reached: ${why}; what it would get is lost meanwhile`);
  }
}
