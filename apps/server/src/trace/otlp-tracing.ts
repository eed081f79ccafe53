import { ROOT_CONTEXT, SpanKind, trace, type Attributes } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { serverVersion } from "../server-version.ts";
import type { Secret } from "../settings/secret.ts";
import { otlpHeaders } from "./otlp-headers.ts";
import { formatTraceparent, parseTraceparent } from "./trace-context.ts";
import type { AcceptedProposal, Tracing } from "./tracing.ts";

/** ms for one delivery, and for the last one at a stop. */
const SEND_MS_MAX = 3_000;

export interface OtlpOptions {
  /** Where spans are posted: `http://collector:4318/v1/traces`. */
  readonly url: string;
  /** `name=value,name=value`, for a collector that asks who is there. */
  readonly headers: Secret | undefined;
  /** Origin of the log. */
  readonly origin: string;
}

/**
 * Spans over OTLP/HTTP in JSON. A collector that cannot be reached costs nothing but its spans: what waits is bounded and
 * sent beside the work. A sender that says not to sample its trace gets no spans.
 */
export function createOtlpTracing({ headers, origin, url }: OtlpOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    url,
    headers: otlpHeaders(headers),
    timeoutMillis: SEND_MS_MAX,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": "swoosh",
      "service.version": serverVersion(),
      "service.instance.id": origin,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("swoosh", serverVersion());
  return {
    accepted(proposal) {
      const sender = parseTraceparent(proposal.traceparent);
      const parent =
        sender === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, sender);
      const { attributes, name } = describe(proposal);
      const span = tracer.startSpan(
        name,
        { kind: SpanKind.SERVER, startTime: proposal.begunMs, attributes },
        parent,
      );
      span.end();
      return formatTraceparent(span.spanContext());
    },
    stop: () => provider.shutdown().catch(() => {}),
  };
}

interface Answer {
  readonly configuration: readonly string[];
  readonly decision: string;
  readonly guard_outcomes: readonly {
    readonly guard: string;
    readonly ok: boolean;
    readonly reasons: readonly string[];
  }[];
  readonly hlc: string;
  readonly index: number;
  readonly instance: string;
  readonly state_post_hash: string;
  readonly state_pre_hash: string;
  readonly transition: string;
}

interface Request {
  readonly evidence?: readonly string[];
  readonly signer: string;
  readonly window_id?: string;
}

/** What was decided and on what grounds; never the inputs. Both texts were accepted, so they have their form. */
function describe(proposal: AcceptedProposal): {
  readonly name: string;
  readonly attributes: Attributes;
} {
  const answer: Answer = JSON.parse(proposal.answer);
  const request: Request = JSON.parse(proposal.request);
  const { window_id: window } = request;
  return {
    name: answer.transition,
    attributes: {
      "swoosh.index": answer.index,
      "swoosh.instance": answer.instance,
      "swoosh.transition": answer.transition,
      "swoosh.state_pre_hash": answer.state_pre_hash,
      "swoosh.state_post_hash": answer.state_post_hash,
      "swoosh.hlc": answer.hlc,
      "swoosh.configuration": [...answer.configuration],
      "swoosh.decision": answer.decision,
      "swoosh.signer": request.signer,
      "swoosh.guard_reasons": answer.guard_outcomes.flatMap(({ guard, reasons }) =>
        reasons.map((reason) => `${guard}: ${reason}`),
      ),
      "swoosh.guards": answer.guard_outcomes.map(({ guard }) => guard),
      "swoosh.evidence": [...(request.evidence ?? [])],
      ...(window === undefined ? {} : { "swoosh.window_id": window }),
    },
  };
}
