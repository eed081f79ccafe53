import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serverEvents, type ServerEvent } from "./journal-reader.ts";
import { textLines } from "./text-lines.ts";
import { createWebPorts } from "./web-ports.ts";

const ports = createWebPorts(globalThis);

/** A text as bytes, cut at these places. */
async function* cut(
  text: string,
  places: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = new TextEncoder().encode(text);
  const bounds = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted(
    (one, other) => one - other,
  );
  let from = 0;
  for (const bound of [...bounds, bytes.length]) {
    yield bytes.subarray(from, bound);
    from = bound;
  }
}

async function linesOf(text: string, places: readonly number[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of textLines(ports, cut(text, places))) lines.push(line);
  return lines;
}

async function eventsOf(
  text: string,
  places: readonly number[] = [],
): Promise<readonly ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(ports, cut(text, places))) events.push(event);
  return events;
}

describe("lines", () => {
  it("are the same wherever the bytes are cut, inside characters too", async () => {
    const part = fc.constantFrom("a", "é", "\u{1f600}", "\n", "\r\n", "\r", "{}");
    await fc.assert(
      fc.asyncProperty(fc.array(part), fc.array(fc.nat(200)), async (parts, places) => {
        const text = parts.join("");
        const whole = text.split(/\r\n|\n|\r/);
        if (whole.at(-1) === "") whole.pop();
        expect(await linesOf(text, places)).toEqual(whole);
      }),
      { seed: 7 },
    );
  });

  it("are bounded", async () => {
    await expect(linesOf("x".repeat(1_048_577), [])).rejects.toMatchObject({ code: "bad_answer" });
  });
});

describe("server-sent events", () => {
  it("are read as their specification writes them", async () => {
    const text = [
      ": comment",
      "",
      "id: 4",
      "event: record",
      'data: {"a":1}',
      "",
      "data:no space",
      "data:  two",
      "retry: 5",
      "",
      "id",
      "data",
      "",
      "data: torn",
    ].join("\n");
    expect(await eventsOf(text)).toEqual([
      { event: "record", id: "4", data: '{"a":1}' },
      { event: "", id: "4", data: "no space\n two" },
      { event: "", id: "", data: "" },
    ]);
    expect(await eventsOf(text.replaceAll("\n", "\r\n"), [3, 17, 18, 30])).toEqual(
      await eventsOf(text),
    );
  });
});
