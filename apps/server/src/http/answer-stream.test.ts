import { connect } from "node:net";
import { expect, it } from "vitest";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { createScreen } from "../screen/create-screen.ts";
import { defectText } from "../up/defect-text.ts";
import { withServer } from "./test/with-server.ts";

const CANARY = "canary-stream";
const NDJSON = "application/x-ndjson";

it("tells a line that meets a defect of ours so, logs it without the body, and goes on with the next", () =>
  withServer(async (served) => {
    const log: string[] = [];
    const screen = createScreen(served.folder, SHIPPED_RULES);
    const asItIs = screen.proposal.bind(screen);
    // A mistake of ours that some proposals meet: it takes a text for JSON.
    screen.proposal = (text, ...more) =>
      text.includes(CANARY) ? JSON.parse(JSON.parse(text).inputs.reason) : asItIs(text, ...more);
    await served.restart({ screen, onDefect: (error) => log.push(defectText(error)) });
    const bad = { inputs: { reason: CANARY, variant: "on" } };
    const lines = ["flag/a", "flag/b", "flag/c", "flag/d"].map((instance, at) =>
      served.text({ instance, ...(at % 2 === 0 ? {} : bad) }),
    );
    const answer = await fetch(`${served.server.url}/transitions`, {
      method: "POST",
      headers: { "content-type": NDJSON },
      body: lines.join("\n"),
    });
    const text = await answer.text();
    const told = text
      .trim()
      .split("\n")
      .map((line): { status: number; code?: string } => JSON.parse(line));
    expect(told.map(({ code, status }) => [status, code])).toEqual([
      [202, undefined],
      [500, "internal"],
      [202, undefined],
      [500, "internal"],
    ]);
    expect(log.length).toBe(2);
    expect(log[0]).toMatch(/^SyntaxError: Unexpected token … is not valid JSON\n/u);
    expect(`${text}${log.join("\n")}`).not.toContain(CANARY);
  }));

it("logs what fails while a stream is read, but for a client that breaks off", () =>
  withServer(async (served) => {
    const log: string[] = [];
    await served.restart({ onDefect: (error) => log.push(defectText(error)) });
    const broken = async (body: string): Promise<void> => {
      const gone = new Promise((resolve) =>
        served.server.http.once("connection", (socket) => socket.once("close", resolve)),
      );
      const socket = connect(served.server.port, "127.0.0.1");
      socket.on("error", () => {});
      // Answered, so the stream is being read, and stands in the midst of a line.
      socket.once("data", () => (body === "" ? socket.resetAndDestroy() : socket.write(body)));
      const line = `${served.text()}\n{`;
      socket.write(
        `POST /transitions HTTP/1.1\r\nhost: x\r\ncontent-type: ${NDJSON}\r\ntransfer-encoding: chunked\r\n\r\n${line.length.toString(16)}\r\n${line}\r\n`,
      );
      await gone;
      await new Promise((resolve) => setImmediate(resolve));
    };
    await broken("");
    expect(log).toEqual([]);
    // A counter of ours that fails, at a line that is too long.
    served.node.metrics.noteRefusal = () => {
      throw new RangeError(`no such code "${CANARY}"`);
    };
    const long = "x".repeat(70_000);
    await broken(`${(long.length + 1).toString(16)}\r\n${long}\n\r\n`);
    expect(log).toEqual([expect.stringMatching(/^RangeError: no such code …\n/u)]);
  }));
