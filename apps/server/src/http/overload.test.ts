import { canonicalize } from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLANTED } from "../ingest/test/ingest-rig.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { HttpRig } from "./test/http-rig.ts";
import { RawSocket, rawAnswer } from "./test/raw-socket.ts";

/** No place for anybody but two operators: as an engine is whose lanes are full, for as long as the test likes. */
const FULL = { lanes: { proposals: 0, operators: 2 } };
const FLIP = { instance: "switch/a", transition: "Switch_Flip" };
const JSON_TYPE = "application/json";

let rig: HttpRig;
beforeAll(async () => {
  rig = await HttpRig.open({
    engine: FULL,
    limits: { perSecond: 0, strangersPerSecond: 1 },
    rules: SHIPPED_RULES,
  });
});
afterAll(() => rig.close());

async function told(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const { code = "" }: { readonly code?: string } = JSON.parse(await response.text());
  return `${response.status} ${code}`.trim();
}

const head = (more: string, type = JSON_TYPE): string =>
  `POST /transition HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\n${more}\r\n\r\n`;

describe("a full engine", () => {
  it("refuses before a body is there, says when to come back, and goes on with the connection", async () => {
    const { port } = rig.server;
    // Not a byte of the body is ever sent.
    const [plain, long] = [
      await rawAnswer(port, head("content-length: 900")),
      await rawAnswer(port, head("content-length: 900", `${JSON_TYPE}; charset=utf-8`)),
    ];
    for (const answer of [plain, long]) {
      expect(answer?.status).toBe(503);
      expect(answer?.headers["content-type"]).toMatch(/^application\/problem\+json/);
      expect(Number(answer?.headers["retry-after"])).toBeGreaterThan(0);
      expect(JSON.parse(answer?.body ?? "")).toMatchObject({ code: "overloaded", status: 503 });
    }
    expect(long?.headers["connection"]).toBe("close");
    // What came of a body is never taken for the next request.
    const socket = new RawSocket(port);
    const evil = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    await socket.write(`${head(`content-length: ${evil.length}`)}${evil}${evil}`);
    expect((await socket.answers(2)).map(({ status }) => status)).toEqual([503, 200]);
    socket.close();
  });

  it("looks at nothing: no share is used, nothing is parsed, nothing is looked for", async () => {
    const bad = [
      "no JSON",
      "no JSON",
      rig.wire({ ...FLIP, justification: PLANTED }),
      rig.wire(FLIP),
    ];
    for (const body of bad) expect(await told(rig.send(body))).toBe("503 overloaded");
    const answer = await fetch(`${rig.server.url}/transitions`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: `${bad.join("\n")}\n`,
    });
    for (const line of (await answer.text()).trim().split("\n"))
      expect(JSON.parse(line)).toMatchObject({ status: 503, code: "overloaded" });
    const { text } = await rig.server.take("no JSON");
    expect(JSON.parse(text)).toMatchObject({ status: 503, code: "overloaded" });
    const metrics = await (await rig.get("/metrics")).text();
    expect(metrics).toMatch(/^swoosh_refusal_total\{code="overloaded"\} [1-9]/m);
    expect(metrics).not.toContain('code="rate_limited"');
    expect((await rig.get("/state?instance=identity/operator")).status).toBe(200);
  });

  it("has places for operators, who say so by a session's token, and for nobody else", async () => {
    const operator = await rig.session(rig.operator);
    const key = PrivateKey.generate();
    const register = {
      instance: "identity/carol",
      transition: "Identity_Register",
      inputs: { key: key.identity, kind: "human", roles: [{ role: "client", scope: "*" }] },
    };
    expect(await told(rig.propose(register))).toBe("503 overloaded");
    expect(await told(rig.propose(register, { authorization: "Bearer x" }))).toBe("503 overloaded");
    expect(await told(rig.propose(register, operator))).toBe("202");
    const client = await rig.session(key);
    expect(await told(rig.propose({ ...FLIP, signer: key }, client))).toBe("503 overloaded");
    // The token lets the request in; who signed it is looked at then.
    expect(await told(rig.propose({ ...FLIP, signer: key }, operator))).toBe("503 overloaded");
    const line = rig.wire({
      instance: "identity/carol",
      transition: "Identity_Grant",
      inputs: { role: "operator", scope: "project/x*" },
    });
    const answer = await fetch(`${rig.server.url}/transitions`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson", ...operator },
      body: line,
    });
    expect(JSON.parse(await answer.text())).toMatchObject({ status: 202 });
    // From now on she is one.
    expect(await told(rig.propose({ ...FLIP, signer: key }, client))).toMatch(/^202/);
    expect(rig.node.engine.status().depths).toEqual({ engine: 0, operators: 0, proposals: 0 });
    expect(canonicalize(rig.node.engine.state.head("switch/a")?.document.context ?? {})).toBe(
      '{"flips":1}',
    );
  });
});
