import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { withServer } from "../http/test/with-server.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { Secret } from "../settings/secret.ts";
import { createOtlpTracing } from "./otlp-tracing.ts";
import { parseTraceparent } from "./trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

interface Posted {
  readonly authorization: string | undefined;
  readonly body: {
    readonly resourceSpans: readonly {
      readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
    }[];
  };
}

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

/** A collector on the loopback. */
async function collect(run: (url: string) => Promise<void>): Promise<readonly Posted[]> {
  const posted: Posted[] = [];
  const collector = createServer((request, response) => {
    void text(request).then((body) => {
      posted.push({ authorization: request.headers.authorization, body: JSON.parse(body) });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const address = collector.address();
  try {
    await run(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/v1/traces`);
  } finally {
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
  }
  return posted;
}

describe("a trace", () => {
  it("has one span for each accepted transition, under its sender's, and goes to the collector", async () => {
    let told: string | null = null;
    const posted = await collect(async (url) => {
      const headers = new Secret("authorization=Bearer canary");
      const tracing = createOtlpTracing({ url, headers, origin: "test/1" });
      await withServer(
        async (served) => {
          const post = async (body: string, traceparent?: string) => {
            const response = await served.post(
              body,
              traceparent === undefined ? {} : { traceparent },
            );
            await response.text();
            return response;
          };
          const change = { evidence: ["ucxl://a:b@c:d/*~1/e"], window_id: "backbeat:w1" };
          const body = served.text({ change });
          const first = await post(body, `00-${TRACE}-${PARENT}-01`);
          expect(first.status).toBe(202);
          told = first.headers.get("traceparent");
          const again = await post(body, `00-${TRACE}-${PARENT}-01`);
          expect([again.status, again.headers.get("traceparent")]).toEqual([202, null]);
          expect((await post("{}")).status).toBe(400);
          expect((await post(served.text({ instance: "flag/b" }), "nonsense")).status).toBe(202);
        },
        { serve: { tracing } },
      );
    });
    const spans = posted.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    expect(posted.every(({ authorization }) => authorization === "Bearer canary")).toBe(true);
    expect(spans.map(({ name }) => name)).toEqual(["Flag_Set", "Flag_Set"]);
    const [span, own] = spans;
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    expect(told).toBe(`00-${TRACE}-${span?.spanId ?? ""}-01`);
    expect(own?.traceId).not.toBe(TRACE);
    expect(own?.parentSpanId ?? "").toBe("");
    const attributes = new Map(
      span?.attributes.map(({ key, value }) => [key, JSON.stringify(value)]),
    );
    expect(attributes.get("swoosh.instance")).toContain("flag/a");
    expect(attributes.get("swoosh.evidence")).toContain("ucxl://a:b@c:d/*~1/e");
    expect(attributes.get("swoosh.window_id")).toContain("backbeat:w1");
    expect(attributes.get("swoosh.state_post_hash")).toMatch(/sha256-[0-9a-f]{64}/u);
    expect([...attributes.keys()]).toContain("swoosh.guard_reasons");
    // The inputs' reason.
    expect(JSON.stringify(posted)).not.toContain("because");
  });

  it("tells which guards were asked, and what each said", async () => {
    const posted = await collect(async (url) => {
      const tracing = createOtlpTracing({ url, headers: undefined, origin: "test/1" });
      await withServer(
        async (served) => {
          const instance = "identity/second";
          const { identity: key } = PrivateKey.generate();
          const roles = [{ role: "operator", scope: "*" }];
          const register = { key, kind: "human", roles };
          for (const [transition, inputs] of [
            ["Identity_Register", register],
            ["Identity_Revoke", { reason: "left" }],
          ] as const) {
            const response = await served.post(served.text({ instance, transition, inputs }));
            expect([response.status, await response.text()]).toEqual([202, expect.any(String)]);
          }
        },
        { serve: { tracing } },
      );
    });
    const spans = posted.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    const listOf = (name: string, of: string): unknown =>
      spans.find((span) => span.name === of)?.attributes.find(({ key }) => key === name)?.value;
    const list = (...values: readonly string[]) => ({
      arrayValue: { values: values.map((stringValue) => ({ stringValue })) },
    });
    expect(listOf("swoosh.guards", "Identity_Revoke")).toEqual(list("operatorRemainsRevoked"));
    expect(listOf("swoosh.guard_reasons", "Identity_Revoke")).toEqual(
      list("operatorRemainsRevoked: operator remains an operator"),
    );
    // One that was asked and has nothing to say is named all the same.
    expect(listOf("swoosh.guards", "Identity_Register")).toEqual(list("keyUnclaimed"));
    expect(listOf("swoosh.guard_reasons", "Identity_Register")).toEqual(list());
  });

  it("that nobody collects costs nothing but its spans", async () => {
    let url = "";
    await collect(async (open) => void (url = open));
    const tracing = createOtlpTracing({ url, headers: undefined, origin: "test/1" });
    await withServer(
      async (served) => {
        const response = await served.post(served.text());
        expect(response.status).toBe(202);
        await response.text();
      },
      { serve: { tracing } },
    );
  });
});

describe("a traceparent", () => {
  it.each([
    [`00-${TRACE}-${PARENT}-01`, 1],
    [`00-${TRACE}-${PARENT}-00`, 0],
    [`cc-${TRACE}-${PARENT}-03-more`, 1],
  ])("is read: %s", (header, traceFlags) => {
    expect(parseTraceparent(header)).toEqual({
      traceId: TRACE,
      spanId: PARENT,
      traceFlags,
      isRemote: true,
    });
  });
  it.each([
    undefined,
    "",
    "nonsense",
    `ff-${TRACE}-${PARENT}-01`,
    `00-${"0".repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
  ])("is none: %s", (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});
