import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryPath } from "../memory/memory-path.ts";
import { EmbedderServer, sendVectors, vectors } from "./test/embedder-server.ts";
import { HttpRig } from "./test/http-rig.ts";

let embedder: EmbedderServer;
let rig: HttpRig;
let headers: Readonly<Record<string, string>>;
beforeAll(async () => {
  embedder = await EmbedderServer.open();
  rig = await openRig(10_000);
  headers = await rig.session(await rig.register("ci", [{ role: "ci", scope: "*" }]));
});

const openRig = (timeoutMs: number): Promise<HttpRig> =>
  HttpRig.open({
    memory: { embedder: { embedder: "ollama", embedderUrl: embedder.url }, timeoutMs },
  });

afterAll(async () => {
  await rig.close();
  await embedder.close();
});

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | null;
}

async function told(answer: Promise<Response>): Promise<Told> {
  const response = await answer;
  const body = JSON.parse(await response.text());
  return { status: response.status, body, retryAfter: response.headers.get("retry-after") };
}

const remember = (text: string): Promise<Told> =>
  told(
    fetch(`${rig.server.url}/memories`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ text }),
    }),
  );
const recall = (query: string): Promise<Told> => told(rig.get(`/memories?query=${query}`, headers));

const wrong = (embedding: unknown) =>
  ((texts, response) =>
    sendVectors(
      response,
      texts.map(() => embedding),
    )) satisfies typeof vectors;

describe("an embedder of another server", () => {
  it("is asked for the vectors, and likeness is of meaning then", async () => {
    expect((await remember("anything about apples")).status).toBe(201);
    expect((await remember("both of the bees")).status).toBe(201);
    const found = await recall("a");
    expect(found.body).toMatchObject({
      likeness_of: "meaning",
      items: [
        { text: "anything about apples", likeness_permille: 1_000 },
        { likeness_permille: 0 },
      ],
    });
  });

  it.each<[string, typeof vectors, string]>([
    ["cuts connections", (_, response) => response.destroy(), "nomic-embed-text"],
    ["gives another dimension", wrong([1, 2]), "the vector has 2 dimensions"],
    ["gives NaN", wrong(Array.from({ length: 768 }, () => Number.NaN)), "is NaN"],
    ["gives zeros", wrong(Array.from({ length: 768 }, () => 0)), "all zeros"],
    ["gives too few", (_, response) => sendVectors(response, []), "0 vectors"],
    ["gives no JSON", (_, response) => response.end("<html>"), "not JSON"],
  ])("that %s is told of, nothing is kept, and the server serves on", async (_, answer, detail) => {
    embedder.answer = answer;
    const [kept, found] = await Promise.all([remember("calm words"), recall("calm")]);
    for (const { body, status } of [kept, found]) {
      expect([status, body["code"]]).toEqual([502, "embedder_failed"]);
      expect(body["detail"]).toContain(detail);
    }
    expect((await rig.get("/healthz")).status).toBe(200);
    expect(await rig.flip("a")).toBeGreaterThan(0);
    embedder.answer = vectors;
    const after = await recall("calm");
    expect(after.status).toBe(200);
    expect(JSON.stringify(after.body)).not.toContain("calm words");
  });

  it("that is slow is told of as well, with the time that it had", async () => {
    const hasty = await openRig(20);
    try {
      embedder.answer = () => {};
      const { body, status } = await told(hasty.get("/memories?query=words"));
      expect([status, body["code"]]).toEqual([502, "embedder_failed"]);
      expect(body["detail"]).toContain("no answer within 20 ms");
      expect((await hasty.get("/healthz")).status).toBe(200);
    } finally {
      embedder.answer = vectors;
      await hasty.close();
    }
  });

  it("that takes long does not keep others waiting without end: what finds no place is told to come again", async () => {
    const held: (() => void)[] = [];
    embedder.answer = (texts, response) => void held.push(() => vectors(texts, response));
    const refusals: Told[] = [];
    let everyOther: () => void = () => {};
    const turnedAway = new Promise<void>((resolve) => (everyOther = resolve));
    const asked = Array.from({ length: 40 }, async (_, at) => {
      const answer = await recall(`a${at}`);
      if (answer.status === 503 && refusals.push(answer) === 8) everyOther();
      return answer;
    });
    // Thirty-two have a place; none of them is answered before the embedder is.
    await turnedAway;
    for (const one of refusals)
      expect(one).toMatchObject({ body: { code: "overloaded" }, retryAfter: "1" });
    embedder.answer = vectors;
    for (const answer of held) answer();
    const all = await Promise.all(asked);
    expect(all.filter(({ status }) => status === 200)).toHaveLength(32);
  });
});

describe("a folder of memories", () => {
  it("that is damaged is told of by its place in the data folder, and goes on when it is mended", async () => {
    const path = memoryPath(rig.node.folder);
    const state = join(path, "cells.json");
    writeFileSync(state, "garbage");
    const refused = await recall("a");
    expect([refused.status, refused.body["code"]]).toEqual([503, "memory_unavailable"]);
    expect(refused.body["detail"]).toMatch(/^mesh\/cells\.json is not JSON; take it away/);
    rmSync(state);
    expect((await recall("a")).body).toMatchObject({
      items: [{ text: "anything about apples" }, {}],
    });
  });

  it("with a damaged memory gives the others and says which it is", async () => {
    const { body } = await remember("double words");
    const { items } = JSON.parse(JSON.stringify(body));
    const hash = String(items[0].hash);
    const shelf = join(memoryPath(rig.node.folder), "objects", hash.slice(7, 9));
    mkdirSync(shelf, { recursive: true });
    writeFileSync(join(shelf, `${hash}.json`), "{}");
    // Written by another hand, so it is read anew.
    rmSync(join(memoryPath(rig.node.folder), "cells.json"));
    const found = await recall("d");
    expect(found.status).toBe(200);
    expect(JSON.stringify(found.body["damaged"])).toContain(hash);
    expect(JSON.stringify(found.body["items"])).toContain("anything about apples");
  });
});
