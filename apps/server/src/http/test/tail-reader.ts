import { get, type IncomingMessage } from "node:http";

export interface TailEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Events of one connection to a stream, as a browser would read them; a torn one at the end is dropped. */
export async function* tailEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<TailEvent, void, undefined> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { accept: "text/event-stream", ...headers } }, resolve).on("error", reject);
  });
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`the stream answers ${response.statusCode}`);
  }
  let rest = "";
  try {
    for await (const chunk of response.setEncoding("utf8")) {
      rest += String(chunk);
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = eventOf(block);
        if (event !== null) yield event;
      }
    }
  } finally {
    response.destroy();
  }
}

/** null: a comment. */
function eventOf(block: string): TailEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const data = fields.get("data");
  if (data === undefined) return null;
  return { id: fields.get("id") ?? "", event: fields.get("event") ?? "message", data };
}
