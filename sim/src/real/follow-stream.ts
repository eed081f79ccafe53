import type { HistoryRecorder } from "../history/history-recorder.ts";

/** Follows the stream of records from an index on, and writes down what it hears, until the server is gone or `signal` says so. */
export async function followStream(
  url: string,
  about: {
    readonly name: string;
    readonly from: number;
    readonly recorder: HistoryRecorder;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { from, name, recorder, signal } = about;
  const op = recorder.stream(name, from);
  try {
    const headers = { accept: "text/event-stream" };
    const response = await fetch(`${url}/journal?from=${from}`, { headers, signal });
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const found = /^id: (\d+)$/mu.exec(block)?.[1];
        const text = /^data: (.*)$/mu.exec(block)?.[1];
        if (found !== undefined && text !== undefined) recorder.heard(op, Number(found), text);
      }
    }
  } catch {
    // The server is gone in the middle of something, or nobody listens any more.
  }
}
