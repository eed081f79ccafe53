import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "./test/http-rig.ts";
import { RawSocket, rawAnswer, type RawAnswer } from "./test/raw-socket.ts";

let rig: HttpRig;
beforeAll(async () => {
  rig = await HttpRig.open();
});
afterAll(() => rig.close());

const HOST = "host: x\r\n";
const ask = (line: string, more = HOST): string => `${line} HTTP/1.1\r\n${more}\r\n`;
const LONG = "a".repeat(20_000);

/** What is sent, status, code. */
const CASES: readonly (readonly [name: string, bytes: string, status: number, code: string])[] = [
  ["garbage", "garbage\r\n\r\n", 400, "bad_request"],
  ["TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n", 400, "bad_request"],
  ["a method that nobody knows", ask("SMILE /healthz"), 400, "bad_request"],
  ["a version that nobody speaks", `GET /healthz HTTP/7.1\r\n${HOST}\r\n`, 400, "bad_request"],
  ["no host", ask("GET /healthz", ""), 400, "bad_request"],
  [
    "no host where proposals go",
    `${ask("POST /transition", "content-type: application/json\r\ncontent-length: 2\r\n")}{}`,
    400,
    "bad_request",
  ],
  [
    "a length that is none",
    ask("POST /transition", `${HOST}content-length: x\r\n`),
    400,
    "bad_request",
  ],
  [
    "two lengths",
    ask("POST /transition", `${HOST}content-length: 1\r\ncontent-length: 2\r\n`),
    400,
    "bad_request",
  ],
  [
    "a length and chunks",
    ask("POST /transition", `${HOST}content-length: 1\r\ntransfer-encoding: chunked\r\n`),
    400,
    "bad_request",
  ],
  [
    "a chunk that is none",
    `${ask("POST /transition", `${HOST}content-type: application/json\r\ntransfer-encoding: chunked\r\n`)}zz\r\n`,
    400,
    "bad_request",
  ],
  ["a header without a colon", ask("GET /healthz", `${HOST}nothing\r\n`), 400, "bad_request"],
  [
    "too many bytes of headers",
    ask("GET /healthz", `${HOST}long: ${LONG}\r\n`),
    431,
    "headers_too_large",
  ],
  [
    "an expectation",
    ask("POST /transition", `${HOST}expect: a miracle\r\n`),
    417,
    "expectation_failed",
  ],
  ["a path that cannot be decoded", ask("GET /%zz"), 400, "bad_request"],
  ["a hash that cannot be decoded", ask("GET /evidence/%E0%A4%A"), 400, "bad_request"],
  [
    "a hash that is longer than any",
    ask(`GET /evidence/sha256-${"1".repeat(200)}`),
    404,
    "not_found",
  ],
  ["a path of nothing", ask("GET /nowhere"), 404, "not_found"],
  ["all of the server", ask("OPTIONS *"), 404, "not_found"],
];

function expectProblem(answer: RawAnswer | undefined, status: number, code: string): void {
  expect(answer?.headers["content-type"]).toMatch(/^application\/problem\+json/);
  const problem: { readonly detail: string } = JSON.parse(answer?.body ?? "");
  expect(problem).toMatchObject({ code, status });
  expect(problem.detail.length).toBeGreaterThan(10);
  expect(answer?.status).toBe(status);
}

describe("what is wrong below the routes", () => {
  it("is told as a problem, like everything else, and the next request is served", async () => {
    const { port } = rig.server;
    for (const [name, bytes, status, code] of CASES) {
      const answer = await rawAnswer(port, bytes);
      expect([name, answer?.status]).toEqual([name, status]);
      expectProblem(answer, status, code);
    }
    expect((await rig.get("/healthz")).status).toBe(200);
    // Old clients need no host, and 100-continue is met.
    expect((await rawAnswer(port, "GET /healthz HTTP/1.0\r\n\r\n"))?.status).toBe(200);
    const wire = rig.wire({ instance: "switch/a", transition: "Switch_Flip" });
    const length = `content-length: ${Buffer.byteLength(wire)}\r\n`;
    const socket = new RawSocket(port);
    await socket.write(
      ask(
        "POST /transition",
        `${HOST}content-type: application/json\r\n${length}expect: 100-continue\r\n`,
      ),
    );
    await socket.write(wire);
    expect((await socket.answers(2)).map(({ status }) => status)).toEqual([100, 202]);
    socket.close();
  });

  it("of headers that do not come is 408", async () => {
    const accepted = new Promise<Socket>((resolve) => rig.server.http.once("connection", resolve));
    const client = new RawSocket(rig.server.port);
    await client.write("GET /healthz HTTP/1.1\r\nhost:");
    const late = Object.assign(new Error("late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    rig.server.http.emit("clientError", late, await accepted);
    const [answer] = await client.answers(1);
    expectProblem(answer, 408, "too_slow");
    expect(answer?.headers["connection"]).toBe("close");
    await client.ended;
  });

  it("is never said in the place of an answer that is due to another request", async () => {
    const wire = rig.wire({ instance: "switch/b", transition: "Switch_Flip" });
    const good = ask(
      "POST /transition",
      `${HOST}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(wire)}\r\n`,
    );
    const client = new RawSocket(rig.server.port);
    await client.write(`${good}${wire}garbage\r\n\r\n`);
    await client.ended;
    // Cut off, which says nothing; or answered in time.
    const told = await client.answers(1);
    expect([[], [202]]).toContainEqual(told.map(({ status }) => status));
    await expect.poll(() => rig.node.engine.state.head("switch/b")).toBeDefined();
  });
});
