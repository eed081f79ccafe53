import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guideOutput, runGuide } from "../../../packages/sdk/src/test/run-guide.ts";
import {
  EXAMPLE_CLIENTS,
  needClientTools,
  run,
} from "../../../packages/sdk/src/test/run-client.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-up-"));
const DOOR = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const ORDER = fileURLToPath(new URL("../../../examples/order/", import.meta.url));
const DATA = join(root, "data");
const KEY = join(DATA, "keys", "operator.pem");

let child: ChildProcess;
let url: string;

beforeAll(async () => {
  needClientTools();
  const argv = [DOOR, "up", "--data", DATA, "--port", "0", "--charts", ORDER];
  child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr?.on("data", (chunk) => (log += String(chunk)));
  if (child.stdout === null) throw new Error("no standard output");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "exit").then(() => Promise.reject(new Error(`it did not start: ${log}`))),
  ]);
  ({ url } = JSON.parse(String(line)));
});

afterAll(() => {
  child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

describe("against the server that swoosh up starts", () => {
  it("the guide to the SDK prints what it says", async () => {
    const done = await runGuide({ folder: root, url, key: KEY });
    expect(done).toEqual({ code: 0, out: guideOutput(), err: "" });
  });

  it.each(EXAMPLE_CLIENTS)("the client in $name proposes", async (client) => {
    const id = `order/${client.name.replaceAll(" ", "-")}`;
    const propose = async (...rest: readonly string[]) => {
      const { code, out } = await run(client.propose({ url, key: KEY, rest }), {
        env: client.env,
      });
      return { code, answer: JSON.parse(out) };
    };
    const first = await propose(id, "Order_Add", '{"item":"tea \u{1f375}"}');
    expect(first).toMatchObject({ code: 0, answer: { status: "accepted", instance: id } });
    // It has not seen this head: it takes it out of the refusal.
    const second = await propose(id, "Order_Add", '{"item":"milk"}');
    expect(second).toMatchObject({
      code: 0,
      answer: { state_pre_hash: first.answer.state_post_hash },
    });
    expect(await propose(id, "Order_Nothing")).toMatchObject({
      code: 1,
      answer: { code: "unknown_transition", status: 400 },
    });
  });

  it("ends at once and in order when it is asked to", async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
