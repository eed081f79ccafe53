import { createHmac, timingSafeEqual } from "node:crypto";
import { fieldsOf, readEntry, type EntryPoint } from "./entry-point.ts";

export interface WebhookCall {
  /** By lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Exactly the bytes that came: the signature is over them. */
  readonly body: Uint8Array;
}

/** What a call of a webhook is answered: status and words, and the entry point that it tells of. */
export interface WebhookAnswer {
  readonly status: 202 | 204 | 400 | 401 | 413;
  readonly message: string;
  readonly entry?: EntryPoint;
}

export interface WebhookOptions {
  /** Shared with the Gitea; at least 16 bytes, so that nobody finds it by trying. */
  readonly secret: Uint8Array;
  readonly base: URL;
}

const SECRET_BYTES_MIN = 16;
const BODY_BYTES_MAX = 1_048_576;
const SIGNATURE = /^[0-9a-f]{64}$/;

/** `POST /webhooks/gitea`: HMAC-SHA-256 of the body in `X-Gitea-Signature`, checked before a byte of it is read. */
export class GiteaWebhook {
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    if (options.secret.length < SECRET_BYTES_MIN)
      throw new Error(
        `the webhook's secret has ${options.secret.length} bytes; at least ${SECRET_BYTES_MIN}, chosen at random`,
      );
    this.#options = options;
  }

  take({ body, header }: WebhookCall): WebhookAnswer {
    if (body.length > BODY_BYTES_MAX)
      return {
        status: 413,
        message: `the body has ${body.length} bytes; at most ${BODY_BYTES_MAX}`,
      };
    if (!this.#isSigned(body, header("x-gitea-signature")))
      return { status: 401, message: "X-Gitea-Signature does not hold for this body" };
    const event = header("x-gitea-event") ?? "";
    if (event !== "issues" && event !== "issue_label")
      return { status: 204, message: `event ${event} begins nothing` };
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(body).toString("utf8"));
    } catch {
      return { status: 400, message: "the body is no JSON" };
    }
    const { issue, repository } = fieldsOf(value);
    const read = readEntry(issue, repository, this.#options.base);
    switch (read.kind) {
      case "entry":
        return { status: 202, message: `begins ${read.entry.instance}`, entry: read.entry };
      case "other":
        return { status: 204, message: "the issue is no open entry point" };
      case "malformed":
        return { status: 400, message: read.problem };
    }
  }

  #isSigned(body: Uint8Array, signature: string | undefined): boolean {
    if (signature === undefined || !SIGNATURE.test(signature)) return false;
    const wanted = createHmac("sha256", this.#options.secret).update(body).digest();
    return timingSafeEqual(wanted, Buffer.from(signature, "hex"));
  }
}
