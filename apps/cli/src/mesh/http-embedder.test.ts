import { EmbedQueue, type Embedder } from "@swoosh/mesh";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { createLoadedMesh } from "./loaded-mesh.ts";

const { ollamaEmbedder, openaiEmbedder } = await import("@swoosh/server/memory");

const servers: (() => void)[] = [];
afterAll(() => servers.forEach((stop) => stop()));

type Answer = (texts: readonly string[], response: ServerResponse, inFlight: number) => void;

/** A server on a free port of this machine that reads the texts and answers as the test says. */
async function fake(answer: Answer): Promise<string> {
  let inFlight = 0;
  const server = createServer((request, response) => {
    inFlight += 1;
    response.on("close", () => {
      inFlight -= 1;
    });
    void bodyOf(request).then((body) => {
      const given: { input: string[] } = JSON.parse(body);
      answer(given.input, response, inFlight);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

const vector = (of = 1): number[] =>
  Array.from({ length: 768 }, (_, index) => (index % 7) - 3 + of);
const vectors: Answer = (texts, response) =>
  send(response, 200, { embeddings: texts.map(() => vector()) });
const ollama = (url: string, timeoutMs = 5_000): Embedder =>
  ollamaEmbedder({ url, model: "m", timeoutMs });
const queueOf = (embedder: Embedder): EmbedQueue =>
  new EmbedQueue({ embedder, waitMs: () => Promise.resolve() });

describe("an embedder over HTTP", () => {
  it("gives vectors from Ollama, and from a server that speaks as OpenAI, whatever their order", async () => {
    expect((await queueOf(ollama(await fake(vectors))).embed("a")).codes).toHaveLength(768);
    const url = await fake((texts, response) =>
      send(response, 200, {
        data: texts.map((text, index) => ({ index, embedding: vector(Number(text)) })).toReversed(),
      }),
    );
    const given = await openaiEmbedder({ url, model: "m", timeoutMs: 5_000, key: "secret" }).embed([
      "1",
      "2",
      "3",
    ]);
    expect(given.map((one) => one[0])).toEqual([-2, -1, 0]);
  });

  it("makes no error with 16 workers against a server that rejects more than 2 at once", async () => {
    let rejected = 0;
    const url = await fake((texts, response, inFlight) => {
      if (inFlight > 2) {
        rejected += 1;
        return send(response, 429, { error: "too many requests" });
      }
      setImmediate(() => setImmediate(() => vectors(texts, response, inFlight)));
    });
    const queue = new EmbedQueue({
      embedder: ollama(url),
      waitMs: () => new Promise(setImmediate),
      batchMax: 4,
    });
    const worker = async (): Promise<void> => {
      for (let text = 0; text < 12; text += 1) await queue.embed(`text ${text}`);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    expect(queue.figures()).toMatchObject({
      embedded: 192,
      failed: 0,
      refused: 0,
      waiting: 0,
      busyAnswers: rejected,
    });
  });

  it("halves batches when the server runs out of memory", async () => {
    const url = await fake((texts, response, inFlight) =>
      texts.length > 3
        ? send(response, 500, { error: "CUDA out of memory" })
        : vectors(texts, response, inFlight),
    );
    const queue = queueOf(ollama(url));
    await Promise.all(Array.from({ length: 40 }, (_, index) => queue.embed(`${index}`)));
    expect(queue.figures()).toMatchObject({ embedded: 40, failed: 0 });
    expect(queue.figures().halvings).toBeGreaterThan(0);
  });

  it.each<[string, Answer, string]>([
    [
      "NaN",
      (texts, response) =>
        send(response, 200, { embeddings: texts.map(() => vector().with(5, Number.NaN)) }),
      "component 5 of the vector is NaN",
    ],
    [
      "another dimension",
      (texts, response) => send(response, 200, { embeddings: texts.map(() => [1, 2]) }),
      "the vector has 2 dimensions",
    ],
    [
      "too few",
      (_, response) => send(response, 200, { embeddings: [] }),
      "it gave 0 vectors for 1 texts",
    ],
    ["no list", (_, response) => send(response, 200, { embeddings: 5 }), "no list of vectors"],
    ["no JSON", (_, response) => void response.end("<html>"), "its answer is not JSON"],
    [
      "unknown model",
      (_, response) => send(response, 404, { error: 'model "m" not found' }),
      "404",
    ],
    ["cut connections", (_, response) => void response.destroy(), "127.0.0.1"],
  ])("says what is wrong with a server that gives %s", async (_, answer, message) => {
    const queue = queueOf(ollama(await fake(answer)));
    const failing = queue.embed("a");
    await expect(failing).rejects.toMatchObject({ code: "embedder_failed" });
    await expect(failing).rejects.toThrow(message);
    expect(queue.figures()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  it("gives up on one that never answers, and on one that is not there", async () => {
    const silent = queueOf(ollama(await fake(() => {}), 20));
    await expect(silent.embed("a")).rejects.toThrow("no answer within 20 ms");
    const url = await fake(vectors);
    servers.pop()?.();
    await expect(queueOf(ollama(url)).embed("a")).rejects.toThrow("ECONNREFUSED");
  });
});

describe("a mesh beside an embedder", () => {
  /** A mesh under load that makes a tick in each turn of the loop, and what one alone comes to after as many. */
  function ticking() {
    const [mesh, alone] = [createLoadedMesh(5), createLoadedMesh(5)];
    let ticks = 0;
    const tick = async (): Promise<void> => {
      mesh.tick();
      ticks += 1;
      await new Promise(setImmediate);
    };
    const told = (one: typeof mesh): readonly number[] => [one.delivered(), one.eventBytes()];
    return {
      ticks: () => ticks,
      async tickTimes(count: number): Promise<void> {
        for (let done = 0; done < count; done += 1) await tick();
      },
      async tickWhile(goesOn: () => boolean): Promise<void> {
        while (goesOn()) await tick();
      },
      expectAsAlone(): void {
        for (let done = 0; done < ticks; done += 1) alone.tick();
        expect(mesh.delivered()).toBeGreaterThan(0);
        expect(told(mesh)).toEqual(told(alone));
      },
    };
  }

  it("ticks on while it is slow as one alone would, and the vector is there when it comes", async () => {
    const held: (() => void)[] = [];
    const url = await fake((...given) => void held.push(() => vectors(...given)));
    const mesh = ticking();
    let dimensions = 0;
    const embedding = queueOf(ollama(url, 60_000))
      .embed("a")
      .then(({ codes }) => (dimensions = codes.length));
    await mesh.tickWhile(() => held.length === 0);
    await mesh.tickTimes(300);
    expect([dimensions, held.length]).toEqual([0, 1]);
    await mesh.tickWhile(() => {
      held.shift()?.();
      return dimensions === 0;
    });
    expect(await embedding).toBe(768);
    mesh.expectAsAlone();
  });

  it("ticks on while it is down, and goes on with the same queue when it is up again", async () => {
    let isUp = false;
    const url = await fake((texts, response, inFlight) =>
      isUp ? vectors(texts, response, inFlight) : void response.destroy(),
    );
    const mesh = ticking();
    const queue = queueOf(ollama(url));
    let failed = 0;
    const attempts = ["a", "b", "c"].map(async (text) =>
      queue.embed(text).catch(() => (failed += 1)),
    );
    await mesh.tickWhile(() => failed < attempts.length);
    expect(mesh.ticks()).toBeGreaterThan(attempts.length);
    isUp = true;
    let dimensions = 0;
    void queue.embed("d").then(({ codes }) => (dimensions = codes.length));
    await mesh.tickWhile(() => dimensions === 0);
    expect(queue.figures()).toMatchObject({ embedded: 1, failed: 3, waiting: 0, inFlight: 0 });
    mesh.expectAsAlone();
  });
});
