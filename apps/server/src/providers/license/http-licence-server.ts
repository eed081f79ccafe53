import type { Admission } from "../egress/egress.ts";
import { outboundRequest, type OutboundAnswer } from "../egress/outbound-request.ts";
import type { LicenceAnswer, LicenceServer } from "./licence-server.ts";

export interface HttpLicenceOptions {
  readonly admit: (url: URL) => Promise<Admission>;
  /** Below which `activate`, `heartbeat` and `status` lie. */
  readonly url: string;
  readonly licence: string;
  readonly cluster: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const DENIED = new Set([401, 402, 403, 404, 410]);
const THROTTLED = new Set([429, 503]);
const RETRY_AFTER_S_MAX = 3_600;
const REASON_LENGTH_MAX = 120;

/** KACHING over HTTP: `POST activate`, `POST heartbeat`, `GET status` (`docs/providers.md`). */
export class HttpLicenceServer implements LicenceServer {
  readonly #options: HttpLicenceOptions;

  constructor(options: HttpLicenceOptions) {
    this.#options = options;
  }

  async activate(): Promise<LicenceAnswer> {
    return this.#ask("activate", {});
  }

  async heartbeat(token: string): Promise<LicenceAnswer> {
    return this.#ask("heartbeat", { token });
  }

  async status(): Promise<string> {
    const { admit, cluster, licence, timeoutMs = TIMEOUT_MS } = this.#options;
    const url = this.#url("status");
    url.searchParams.set("license_id", licence);
    url.searchParams.set("cluster_id", cluster);
    try {
      const answer = await outboundRequest(admit, url, { timeoutMs });
      const { reason, status } = fieldsOf(answer);
      return [
        String(status ?? `HTTP ${answer.status}`),
        ...(typeof reason === "string" ? [reason] : []),
      ].join(": ");
    } catch (error) {
      return `unreachable: ${messageOf(error)}`;
    }
  }

  async #ask(path: string, more: Readonly<Record<string, string>>): Promise<LicenceAnswer> {
    const { admit, cluster, licence, timeoutMs = TIMEOUT_MS } = this.#options;
    let answer: OutboundAnswer;
    try {
      answer = await outboundRequest(admit, this.#url(path), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ license_id: licence, cluster_id: cluster, ...more }),
        timeoutMs,
      });
    } catch (error) {
      return { kind: "unreachable", reason: messageOf(error) };
    }
    return read(answer);
  }

  #url(path: string): URL {
    const { url } = this.#options;
    return new URL(path, url.endsWith("/") ? url : `${url}/`);
  }
}

function read(answer: OutboundAnswer): LicenceAnswer {
  const { status } = answer;
  const { error, message, reason, token } = fieldsOf(answer);
  const said = [reason, message, error].find((one) => typeof one === "string");
  const words = (typeof said === "string" ? said : `HTTP ${status}`).slice(0, REASON_LENGTH_MAX);
  if (status === 200 || status === 201) {
    if (typeof token === "string") return { kind: "token", token };
    return { kind: "unreachable", reason: `HTTP ${status} without a token` };
  }
  if (DENIED.has(status)) return { kind: "denied", reason: words };
  if (THROTTLED.has(status))
    return {
      kind: "throttled",
      reason: words,
      retryAfterMs: retryAfter(answer.header("retry-after")),
    };
  return { kind: "unreachable", reason: words };
}

/** Seconds alone; a date would depend on two clocks. */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,6}$/.test(text)) return undefined;
  return Math.min(Number(text), RETRY_AFTER_S_MAX) * 1_000;
}

function fieldsOf({ bytes }: OutboundAnswer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, REASON_LENGTH_MAX);
}
