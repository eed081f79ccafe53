import { LINE_LENGTH_MAX } from "./limits.ts";
import type { HttpResponse, SdkPorts } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";

/** Lines of a body as they arrive, without their ends (LF, CR LF or CR as SSE allows). The last one needs no end. */
export async function* textLines(
  ports: Pick<SdkPorts, "decoder">,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decode = ports.decoder();
  let held = "";
  for await (const chunk of chunks) {
    held += decode(chunk);
    // A CR at the end may be the first half of CR LF: it waits for what follows.
    const lines = held.split(/\r\n|\n|\r(?!$)/);
    held = lines.pop() ?? "";
    for (const line of lines) yield line;
    if (held.length > LINE_LENGTH_MAX)
      throw new SdkError("bad_answer", `a line of the answer passes ${LINE_LENGTH_MAX} characters`);
  }
  if (held.endsWith("\r")) yield held.slice(0, -1);
  else if (held !== "") yield held;
}

/** The whole body as bytes. */
export async function bodyBytes(response: HttpResponse): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of response.chunks) parts.push(chunk);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export async function bodyText(
  ports: Pick<SdkPorts, "decoder">,
  response: HttpResponse,
): Promise<string> {
  const decode = ports.decoder();
  return decode(await bodyBytes(response));
}
