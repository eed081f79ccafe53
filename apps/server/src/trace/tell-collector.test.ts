import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Secret } from "../settings/secret.ts";
import { tellCollector } from "./tell-collector.ts";

const HEADERS = new Secret("authorization=Bearer canary-otlp");
let status = 200;
const asked: (string | undefined)[] = [];
const collector = createServer((request, response) => {
  asked.push(request.headers.authorization);
  request.resume();
  response.writeHead(status, { connection: "close" }).end("{}");
});
let url = "";

beforeAll(async () => {
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  const address = collector.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/v1/traces`;
});
afterAll(() => void collector.close());

async function told(answer: number): Promise<readonly string[]> {
  status = answer;
  const lines: string[] = [];
  await tellCollector({ url, headers: HEADERS }, (level, message) =>
    lines.push(`${level} ${message}`),
  );
  return lines;
}

it("a start says of the collector of spans what nobody would notice, and never what it is opened with", async () => {
  expect(await told(200)).toEqual([]);
  const refused = await told(401);
  expect(refused).toEqual([
    expect.stringMatching(/^warn otlp-url: 127\.0\.0\.1:\d+ refuses otlp-headers \(401\)/u),
  ]);
  const lost = await told(404);
  expect(lost).toEqual([
    expect.stringMatching(/^warn otlp-url: 127\.0\.0\.1:\d+ answers 404 to spans/u),
  ]);
  expect(new Set(asked)).toEqual(new Set(["Bearer canary-otlp"]));
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
  const away = await told(200);
  expect(away).toEqual([
    expect.stringMatching(/^warn otlp-url: 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/u),
  ]);
  expect([...refused, ...lost, ...away].join()).not.toContain("canary");
});
