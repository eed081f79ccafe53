import { canonicalize, type JsonObject } from "@swoosh/kernel";
import type { Admission } from "../egress/egress.ts";
import { OutboundRefused } from "../egress/egress.ts";
import { outboundRequest } from "../egress/outbound-request.ts";
import type { Delivery, DocumentSink } from "./document-sink.ts";

const TIMEOUT_MS = 10_000;
const RETRY_AFTER_S_MAX = 3_600;
/** Statuses of 4xx that time or somebody else's hand cures. */
const LATER = new Set([401, 403, 404, 408, 423, 425, 429]);

/** `POST url`, one canonical JSON document a request, with `Idempotency-Key`. 409 says that the key was taken before. */
export class HttpDocumentSink implements DocumentSink {
  readonly address: string;
  readonly #admit: (url: URL) => Promise<Admission>;
  readonly #url: URL;

  constructor(options: { readonly admit: (url: URL) => Promise<Admission>; readonly url: string }) {
    this.#admit = options.admit;
    this.#url = new URL(options.url);
    this.address = `${this.#url.origin}${this.#url.pathname}`;
  }

  async deliver(document: JsonObject, idempotencyKey: string): Promise<Delivery> {
    try {
      const answer = await outboundRequest(this.#admit, this.#url, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
        body: canonicalize(document),
        timeoutMs: TIMEOUT_MS,
      });
      const { status } = answer;
      if ((status >= 200 && status < 300) || status === 409) return { kind: "taken" };
      const reason = `HTTP ${status}`;
      if (status < 400 || status >= 500 || LATER.has(status)) {
        const after = answer.header("retry-after") ?? "";
        if (!/^\d{1,6}$/.test(after)) return { kind: "later", reason };
        return {
          kind: "later",
          reason,
          retryAfterMs: Math.min(Number(after), RETRY_AFTER_S_MAX) * 1_000,
        };
      }
      return { kind: "refused", reason };
    } catch (error) {
      const why = error instanceof Error ? error.message || error.name : String(error);
      return {
        kind: "later",
        reason: error instanceof OutboundRefused ? `not let out: ${why}` : why,
      };
    }
  }
}
