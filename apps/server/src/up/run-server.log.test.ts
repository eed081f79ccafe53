import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { afterAll, describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { readKeyFile } from "../keys/key-file.ts";
import { dataFolder } from "../node/data-folder.ts";
import { systemClock } from "../node/system-clock.ts";
import { Settings } from "../settings/read-settings.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { SERVER_SETTINGS } from "../settings/server-settings.ts";
import { REFUSAL_LINES_PER_SECOND_MAX, RefusalLog } from "./log-transitions.ts";
import type { LogLevel } from "./log.ts";
import { runServer } from "./run-server.ts";

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const FIELDS = ["state_pre_hash", "state_post_hash", "transition", "hlc", "window_id"];
const root = mkdtempSync(join(tmpdir(), "swoosh-log-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the log of a server", () => {
  it("has a line for each transition with the five fields, and for each refusal its cause, but no inputs", async () => {
    const data = join(root, "data");
    const embedder = { embedder: "ollama", "embedder-url": await nobody() };
    const flags = { data, port: 0, "log-level": "debug", ...embedder };
    const sources = { flags, environment: {}, file: {}, filePath: "none" };
    const settings = new Settings(resolveSettings(SERVER_SETTINGS, sources));
    const lines: Line[] = [];
    const listeners = process.listenerCount("SIGTERM");
    let isStoppable = false;
    let stop: () => void = () => {};
    let heard: () => void = () => {};
    const embedderTold = new Promise<void>((resolve) => (heard = resolve));
    const stopAsked = new Promise<void>((resolve) => (stop = resolve));
    const ready = await new Promise<{
      readonly url: string;
      readonly origin: string;
      end: Promise<number>;
    }>((resolve, reject) => {
      const end = runServer(settings, {
        log: (level, message, context = {}) => {
          lines.push({ level, message, context });
          if (/^embedder-url: .* cannot be reached/u.test(message)) heard();
        },
        ready: (line) => {
          isStoppable = process.listenerCount("SIGTERM") > listeners;
          resolve({ ...JSON.parse(line), end });
        },
        stopAsked,
      });
      end.catch(reject);
    });
    // Whoever reads that line may send the signal at once.
    expect(isStoppable).toBe(true);
    const operator = readKeyFile(dataFolder(data).operatorKey);
    const propose = async (transition: string, inputs: JsonObject): Promise<number> => {
      const body: JsonObject = {
        current_state_hash: ABSENT_HASH,
        hlc: formatHlc({ wallMs: systemClock.now(), counter: 0 }),
        idem_key: `log:0:${transition}:1`,
        inputs_hash: valueHash(hasher, inputs),
        instance: "flag/a",
        origin: ready.origin,
        signer: operator.identity,
        transition,
        window_id: "backbeat:w1",
      };
      const signature = operator.sign(PROPOSAL_TYPE, body);
      const response = await fetch(`${ready.url}/transition`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: canonicalize({ ...body, inputs, signature }),
      });
      await response.text();
      return response.status;
    };
    expect(await propose("Flag_Set", { reason: "in-the-log-nowhere", variant: "on" })).toBe(202);
    expect(await propose("Flag_Blow", { secret: "in-the-log-nowhere" })).toBe(400);
    // Whom the settings name and who is away is told at the start, and holds nothing up.
    await embedderTold;
    stop();
    expect(await ready.end).toBe(0);

    const [taken] = lines.filter(({ message }) => message === "flag/a took Flag_Set");
    expect(taken?.level).toBe("debug");
    expect(taken?.context).toMatchObject({
      state_pre_hash: ABSENT_HASH,
      transition: "Flag_Set",
      window_id: "backbeat:w1",
    });
    expect(taken?.context["state_post_hash"]).toMatch(/^sha256-[0-9a-f]{64}$/u);
    const [refused] = lines.filter(({ message }) => message.includes("refused"));
    expect(refused).toMatchObject({
      level: "info",
      message: "flag/a refused Flag_Blow: unknown_transition",
      context: {
        state_pre_hash: taken?.context["state_post_hash"],
        state_post_hash: null,
        transition: "Flag_Blow",
        window_id: "backbeat:w1",
      },
    });
    expect(refused?.context["reasons"]).not.toEqual([]);
    for (const line of [taken, refused])
      expect(Object.keys(line?.context ?? {})).toEqual(expect.arrayContaining(FIELDS));
    expect(JSON.stringify(lines)).not.toContain("in-the-log-nowhere");
  });

  it("bounds the lines of refusals, and tells how many it left out", () => {
    const lines: string[] = [];
    let now = 5_000;
    const log = new RefusalLog(
      (_level, message) => lines.push(message),
      () => now,
    );
    const problem = { code: "malformed", detail: "no", status: 400, title: "", type: "" } as const;
    for (let tried = 0; tried < REFUSAL_LINES_PER_SECOND_MAX + 7; tried += 1)
      log.note("x", problem);
    expect(lines).toHaveLength(REFUSAL_LINES_PER_SECOND_MAX);
    now = 6_000;
    log.note("x", problem);
    expect(lines.slice(REFUSAL_LINES_PER_SECOND_MAX)).toEqual([
      "7 more refusals within one second; /metrics counts them by code",
      "no instance refused a proposal: malformed",
    ]);
  });
});

/** An address at which nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
