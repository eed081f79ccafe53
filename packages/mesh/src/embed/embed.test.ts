import { describe, expect, it } from "vitest";
import { cosine, KEY_DIMENSIONS, quantise } from "../shards/vector-key.ts";
import { EmbedQueue } from "./embed-queue.ts";
import { EmbedFault, type Embedder } from "./embedder.ts";
import { embedHashedNgrams } from "./hashed-ngrams.ts";
import { truncate } from "./truncate.ts";

const like = (left: string, right: string): number =>
  cosine(quantise(embedHashedNgrams(left)), quantise(embedHashedNgrams(right)));

describe("hashed n-grams", () => {
  it("are the same for the same text, close for shared words, far for others: lexical", () => {
    expect(like("The glider moves", "the GLIDER, moves!")).toBeCloseTo(1, 9);
    expect(like("the glider moves south east", "the glider moves north east")).toBeGreaterThan(0.6);
    expect(like("the glider moves", "quarterly tax report due")).toBeLessThan(0.2);
    // A paraphrase in other words is unrelated to it, and that is said wherever it is named.
    expect(like("the car is fast", "a quick automobile")).toBeLessThan(0.25);
  });

  it("give the same bytes on every engine: a frozen sum", () => {
    const sums = embedHashedNgrams("deterministic Straße 東京 42");
    let folded = 0;
    for (const value of sums) folded = (Math.imul(folded, 31) + value) | 0;
    expect(folded).toMatchInlineSnapshot(`1464034562`);
  });

  it("stop at the 512th word, as every embedder here does", () => {
    const words = Array.from({ length: 600 }, (_, index) => `w${index}`);
    expect(embedHashedNgrams(words.join(" "))).toEqual(
      embedHashedNgrams(words.slice(0, 512).join(" ")),
    );
    expect(truncate(words.join(" "))).toEqual({ text: words.slice(0, 512).join(" "), isCut: true });
    expect(truncate(words.slice(0, 512).join("\n")).isCut).toBe(false);
    expect(truncate(`${words.slice(0, 512).join(" ")}  `).isCut).toBe(false);
  });

  it("of a text without words point nowhere, which quantising refuses", () => {
    expect(() => quantise(embedHashedNgrams(" -- !! "))).toThrow("all zeros");
  });
});

/** An embedder whose answers the test gives, request by request. */
function scripted(
  answer: (texts: readonly string[], request: number) => readonly ArrayLike<number>[] | EmbedFault,
) {
  let requests = 0;
  let [inFlight, inFlightMax] = [0, 0];
  const embedder: Embedder = {
    name: "scripted",
    kind: "model",
    modelHash: "m",
    dimensions: KEY_DIMENSIONS,
    async embed(texts) {
      if (texts[0] === "warm") return [new Float32Array(KEY_DIMENSIONS).fill(1)];
      requests += 1;
      inFlight += 1;
      inFlightMax = Math.max(inFlightMax, inFlight);
      const request = requests;
      // Several turns of the loop, so that requests overlap.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      const given = answer(texts, request);
      inFlight -= 1;
      if (given instanceof EmbedFault) throw given;
      return given;
    },
  };
  return { embedder, figures: () => ({ requests, inFlightMax }) };
}

const one = (): Float32Array => new Float32Array(KEY_DIMENSIONS).fill(1);
const noWait = (): Promise<void> => Promise.resolve();

describe("the queue", () => {
  it("halves its batches under memory pressure until they fit, and loses no text", async () => {
    const server = scripted((texts) =>
      texts.length > 5 ? new EmbedFault("memory", "out of memory") : texts.map(one),
    );
    const queue = new EmbedQueue({ embedder: server.embedder, waitMs: noWait });
    await Promise.all(Array.from({ length: 100 }, (_, index) => queue.embed(`text ${index}`)));
    expect(queue.figures()).toMatchObject({ embedded: 100, failed: 0, waiting: 0, inFlight: 0 });
    expect(queue.figures().batch).toBeLessThanOrEqual(5);
    expect(queue.figures().halvings).toBeGreaterThanOrEqual(3);
  });

  it("gives up on a server that is down after a bounded number of tries, with its reason", async () => {
    const pauses: number[] = [];
    const server = scripted(() => new EmbedFault("down", "connection refused"));
    const queue = new EmbedQueue({
      embedder: server.embedder,
      waitMs: (ms) => {
        pauses.push(ms);
        return Promise.resolve();
      },
    });
    await expect(queue.embed("a")).rejects.toThrow("scripted: connection refused");
    expect(server.figures().requests).toBe(5);
    expect(pauses).toEqual([10, 20, 40, 80]);
    expect(queue.figures()).toMatchObject({ failed: 1, waiting: 0, inFlight: 0 });
  });

  it("refuses at once what is more than it holds", async () => {
    const server = scripted((texts) => texts.map(one));
    const queue = new EmbedQueue({
      embedder: server.embedder,
      waitMs: noWait,
      waitingMax: 3,
      batchMax: 1,
    });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => queue.embed("a")));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(6);
    expect(queue.figures()).toMatchObject({ embedded: 4, refused: 6 });
  });

  it("fails the text whose vector is NaN or of another size, and no other", async () => {
    const server = scripted((texts) =>
      texts.map((text) =>
        text === "bad" ? one().fill(Number.NaN) : text === "short" ? new Float32Array(3) : one(),
      ),
    );
    const queue = new EmbedQueue({ embedder: server.embedder, waitMs: noWait });
    const results = await Promise.allSettled(
      ["good", "bad", "short", "fine"].map((text) => queue.embed(text)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    expect(String(results[1]?.status === "rejected" && results[1].reason)).toContain(
      "component 0 of the vector is NaN",
    );
    expect(String(results[2]?.status === "rejected" && results[2].reason)).toContain(
      "the vector has 3 dimensions",
    );
    const missing = scripted(() => []);
    const other = new EmbedQueue({ embedder: missing.embedder, waitMs: noWait });
    await expect(other.embed("a")).rejects.toThrow("it gave 0 vectors for 1 texts");
  });

  it("finds how many requests a server stands, without an error", async () => {
    let inFlight = 0;
    const embedder: Embedder = {
      name: "two at once",
      kind: "model",
      modelHash: "m",
      dimensions: KEY_DIMENSIONS,
      async embed(texts) {
        if (inFlight >= 2) throw new EmbedFault("busy", "too many requests");
        inFlight += 1;
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        inFlight -= 1;
        return texts.map(one);
      },
    };
    const queue = new EmbedQueue({ embedder, waitMs: noWait, batchMax: 1 });
    const worker = async (): Promise<void> => {
      for (let text = 0; text < 20; text += 1) await queue.embed(`text ${text}`);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    expect(queue.figures()).toMatchObject({ embedded: 320, failed: 0 });
    expect(queue.figures().busyAnswers).toBeLessThan(16);
  });

  it("counts what it cut at 512 words", async () => {
    const server = scripted((texts) => texts.map(one));
    const queue = new EmbedQueue({ embedder: server.embedder, waitMs: noWait });
    await queue.embed("word ".repeat(600));
    expect(queue.figures().truncated).toBe(1);
  });
});
