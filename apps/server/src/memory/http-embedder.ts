import { EmbedFault, KEY_DIMENSIONS, type Embedder, type EmbedFaultKind } from "@swoosh/mesh";

export interface HttpEmbedderOptions {
  readonly url: string;
  readonly model: string;
  readonly timeoutMs: number;
  /** Bearer token, for servers that want one. Never printed. */
  readonly key?: string;
}

/** What of an answer is read: 32 vectors of 768 numbers as text are about half a megabyte. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** What of a server's complaint is repeated. */
const COMPLAINT_LENGTH_MAX = 200;

/** Ollama's `POST /api/embed`. Its own truncation stays on; ours has cut at 512 words before. */
export function ollamaEmbedder(options: HttpEmbedderOptions): Embedder {
  return httpEmbedder(options, {
    name: `Ollama ${options.model} at ${options.url}`,
    path: "/api/embed",
    body: (texts) => ({ model: options.model, input: texts, truncate: true }),
    vectorsOf: (answer) => (isObject(answer) ? answer["embeddings"] : undefined),
  });
}

/** `POST /v1/embeddings` as OpenAI and many servers speak it; the items may come in any order. */
export function openaiEmbedder(options: HttpEmbedderOptions): Embedder {
  return httpEmbedder(options, {
    name: `${options.model} at ${options.url}`,
    path: "/v1/embeddings",
    body: (texts) => ({ model: options.model, input: texts, encoding_format: "float" }),
    vectorsOf: (answer) => {
      const data = isObject(answer) ? answer["data"] : undefined;
      if (!Array.isArray(data)) return undefined;
      return data
        .filter(isObject)
        .toSorted((left, right) => Number(left["index"]) - Number(right["index"]))
        .map((one) => one["embedding"]);
    },
  });
}

interface Dialect {
  readonly name: string;
  readonly path: string;
  readonly body: (texts: readonly string[]) => unknown;
  readonly vectorsOf: (answer: unknown) => unknown;
}

function httpEmbedder(options: HttpEmbedderOptions, dialect: Dialect): Embedder {
  const url = new URL(dialect.path, options.url).href;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (options.key !== undefined) headers["authorization"] = `Bearer ${options.key}`;
  return {
    name: dialect.name,
    kind: "model",
    modelHash: `${options.model}@${new URL(options.url).origin}`,
    dimensions: KEY_DIMENSIONS,
    async embed(texts) {
      const answer = await post(url, headers, dialect.body(texts), options.timeoutMs);
      const vectors = dialect.vectorsOf(answer);
      if (!Array.isArray(vectors))
        throw new EmbedFault("wrong", "the answer has no list of vectors");
      return vectors.map((vector: unknown) => {
        if (!Array.isArray(vector)) throw new EmbedFault("wrong", "one of the vectors is no list");
        // JSON has no NaN: servers write null, which is no number here and is refused by the queue.
        return vector.map((component: unknown) =>
          typeof component === "number" ? component : Number.NaN,
        );
      });
    },
  };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  timeoutMs: number,
): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "error",
    });
    text = await readBounded(response);
  } catch (cause) {
    if (cause instanceof EmbedFault) throw cause;
    throw new EmbedFault("down", reasonOf(cause, timeoutMs), cause);
  }
  if (!response.ok) {
    const complaint = text.slice(0, COMPLAINT_LENGTH_MAX).trim();
    throw new EmbedFault(
      kindOf(response.status, complaint),
      `it answered ${response.status} ${complaint}`.trim(),
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EmbedFault("wrong", "its answer is not JSON", cause);
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body ?? []) {
    total += chunk.length;
    if (total > ANSWER_BYTES_MAX)
      throw new EmbedFault("wrong", `its answer is larger than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Model runners that run out of memory say so in words, under whatever status. */
function kindOf(status: number, complaint: string): EmbedFaultKind {
  if (status === 413 || status === 507 || /out of memory|memory/i.test(complaint)) return "memory";
  if (status === 429 || status === 503) return "busy";
  return status >= 500 ? "down" : "wrong";
}

function reasonOf(cause: unknown, timeoutMs: number): string {
  if (cause instanceof Error && cause.name === "TimeoutError")
    return `no answer within ${timeoutMs} ms`;
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
