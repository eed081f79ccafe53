import type { HttpRequest, HttpResponse, SdkPorts } from "@swoosh/sdk";
import { isValueHash } from "@swoosh/kernel";
import type { HistoryRecorder } from "../history/history-recorder.ts";
import { answerIn } from "./live-client.ts";

/** What became of a delivery, in one word. */
export type Word = "accepted" | "replayed" | "refused" | "lost";

/** ms that a request may take: few, so that a cut is noticed soon, and twice as many after each silence, for a busy machine. */
const PATIENCE_MS = 700;
const PATIENCE_MS_MAX = 30_000;

/**
 * The HTTP port of a client, with each delivery of a proposal and each read of a state written down as an operation of its
 * own: so a client that sends again by itself is judged by all that it sent.
 */
export function recordedHttp(
  http: SdkPorts["http"],
  about: {
    readonly name: string;
    readonly recorder: HistoryRecorder;
    readonly heard: (word: Word) => void;
  },
): SdkPorts["http"] {
  const { heard, name, recorder } = about;
  let count = 0;
  let patienceMs = PATIENCE_MS;
  const ask = async (request: HttpRequest): Promise<Whole> => {
    try {
      const answer = await whole(http, { ...request, timeoutMs: patienceMs });
      patienceMs = PATIENCE_MS;
      return answer;
    } catch (error) {
      patienceMs = Math.min(2 * patienceMs, PATIENCE_MS_MAX);
      throw error;
    }
  };
  const propose = async (request: HttpRequest, process: string): Promise<HttpResponse> => {
    const op = recorder.propose(process, String(request.body));
    const { response, text } = await ask(request).catch((error: unknown) => {
      heard("lost");
      throw error;
    });
    const replayed = response.header("idempotent-replayed");
    const answer = answerIn(response.status, { text, replayed });
    recorder.proposed(op, answer);
    if (answer.kind === "refused") heard("refused");
    else heard(answer.replayed ? "replayed" : "accepted");
    return response;
  };
  const read = async (request: HttpRequest, process: string): Promise<HttpResponse> => {
    const instance = new URL(request.url).searchParams.get("instance") ?? "";
    const op = recorder.read(process, instance);
    const { response, text } = await ask(request);
    if (response.status === 404) recorder.wasRead(op, "absent");
    if (response.status === 200) {
      const { hash, index }: { readonly hash: string; readonly index: number } = JSON.parse(text);
      if (!isValueHash(hash)) throw new Error(`/state answers ${text}`);
      recorder.wasRead(op, { index, hash });
    }
    return response;
  };
  return async (request) => {
    // Whoever was not answered does nothing more, ever: so each operation has a process of its own.
    count += 1;
    const process = `${name}-${count}`;
    const { pathname } = new URL(request.url);
    if (pathname === "/transition") return propose(request, process);
    if (pathname === "/state") return read(request, process);
    return (await ask(request)).response;
  };
}

interface Whole {
  readonly response: HttpResponse;
  readonly text: string;
}

/** With its whole body: half of an answer is none. A stalled body is silence as well, so the same patience holds for it. */
async function whole(http: SdkPorts["http"], request: HttpRequest): Promise<Whole> {
  const open = await http(request);
  const timer = setTimeout(() => open.cancel(), request.timeoutMs ?? 0);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of open.chunks) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    return { response: { ...open, chunks: again(chunks) }, text };
  } finally {
    clearTimeout(timer);
  }
}

async function* again(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
}
