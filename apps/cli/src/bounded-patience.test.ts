import { ABSENT_HASH } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { createClient, createWebPorts, type HttpResponse } from "@swoosh/sdk";
import { expect, it } from "vitest";
import { boundedPatience, GONE_MS } from "./bounded-patience.ts";

const refused = (): Error =>
  new TypeError("fetch failed", {
    cause: Object.assign(new Error("no"), { code: "ECONNREFUSED" }),
  });

/** A clock that moves only when somebody waits, and servers that answer or not. */
function world(answers: readonly (HttpResponse | undefined)[]) {
  let now = 0;
  let asked = 0;
  const told: string[] = [];
  const doors = boundedPatience(
    {
      http: async () => {
        const answer = answers[asked];
        asked += 1;
        if (answer === undefined) throw refused();
        return answer;
      },
      clock: {
        now: () => now,
        wakeIn: (ms, wake) => {
          now += ms;
          queueMicrotask(wake);
          return () => {};
        },
      },
    },
    { url: "http://swoosh.test", tell: (words) => told.push(words) },
  );
  const ports = { ...createWebPorts(globalThis, { hasher: nodeHasher }), ...doors };
  const client = createClient({ url: "http://swoosh.test", ports });
  return { client, told, at: () => now, asked: () => asked };
}

const answer = (status: number, body: object): HttpResponse => ({
  status,
  header: (name) => (name === "content-type" ? "application/json" : null),
  chunks: (async function* () {
    yield Buffer.from(JSON.stringify(body));
  })(),
  cancel: () => {},
});

it("says that a server is gone, with what to do, after five seconds and no more", async () => {
  const { asked, at, client, told } = world([]);
  await expect(client.state("flag/a")).rejects.toMatchObject({ code: "unreachable" });
  expect(told).toHaveLength(2);
  expect(told[0]).toContain("nobody listens at http://swoosh.test (ECONNREFUSED); trying again");
  expect(told[1]).toMatch(/the server at .* is gone \(ECONNREFUSED\).*swoosh doctor.*swoosh up/u);
  expect(at()).toBe(GONE_MS);
  expect(asked()).toBe(10);
});

it("goes on with a server that comes back in time", async () => {
  const state = { configuration: [], hash: ABSENT_HASH, hlc: "", index: 0, instance: "flag/a" };
  const { client, told } = world([undefined, undefined, undefined, answer(200, state)]);
  await client.state("flag/a").catch((error: unknown) => {
    // What it says is another matter.
    expect(error).toMatchObject({ code: "bad_answer" });
  });
  expect(told).toHaveLength(1);
});
