/** A proposal that became a record, as a span is made of it. */
export interface AcceptedProposal {
  /** Its sender's W3C trace context, as the header came; undefined where there was none. */
  readonly traceparent: string | undefined;
  /** When it came, ms since the epoch. */
  readonly begunMs: number;
  /** The proposal as it was sent. */
  readonly request: string;
  /** The body of its 202 answer. */
  readonly answer: string;
}

/** Traces: one span for each accepted transition (transition API). */
export interface Tracing {
  /** Gives the span's own trace context, for the answer's header. */
  accepted(proposal: AcceptedProposal): string;
  /** Sends what was not sent yet; gives up after some seconds. */
  stop(): Promise<void>;
}
