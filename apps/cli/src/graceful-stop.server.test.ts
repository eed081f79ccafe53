import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  hashOfCanonical,
  PROPOSAL_TYPE,
  type JsonObject,
} from "@swoosh/kernel/values";
import { afterAll, describe, expect, it } from "vitest";
import { hasher } from "./hasher.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Each sends one proposal after the other, without a pause. */
const SENDERS = 12;
/** Accepted when the signal comes. */
const SIGNAL_AFTER = isSoak ? 2_000 : 60;
const root = mkdtempSync(join(tmpdir(), "swoosh-stop-"));
const children = new Set<ReturnType<typeof spawn>>();
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

interface Sent {
  readonly key: string;
  readonly body: string;
}
interface Accepted {
  readonly sent: Sent;
  readonly answer: string;
}

/** Proposals as fast as they are answered, from several senders, until the server answers no more. */
class Load {
  readonly accepted: Accepted[] = [];
  /** Sent, and nobody knows what became of it. */
  readonly unanswered: Sent[] = [];
  readonly refusals = new Set<string>();
  readonly #server: { readonly url: string; readonly origin: string };
  /** A body with its signer, signed, as text. */
  readonly #sign: (body: JsonObject) => string;

  constructor(
    server: { readonly url: string; readonly origin: string },
    sign: (body: JsonObject) => string,
  ) {
    this.#server = server;
    this.#sign = sign;
  }

  /** Resolves when nobody answers any more. */
  async run(onAccepted: () => void): Promise<void> {
    await Promise.all(
      Array.from({ length: SENDERS }, (_, sender) => this.#sendOn(sender, onAccepted)),
    );
  }

  async #sendOn(sender: number, onAccepted: () => void): Promise<void> {
    let head: string = ABSENT_HASH;
    for (let at = 0; ; at += 1) {
      const sent = this.#sent(sender, at, head);
      let answer: string;
      let status: number;
      try {
        const response = await fetch(`${this.#server.url}/transition`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: sent.body,
        });
        status = response.status;
        answer = await response.text();
      } catch {
        this.unanswered.push(sent);
        return;
      }
      if (status !== 202) {
        this.refusals.add(`${status} ${JSON.parse(answer).code}`);
        return;
      }
      this.accepted.push({ sent, answer });
      ({ state_post_hash: head } = JSON.parse(answer));
      onAccepted();
    }
  }

  #sent(sender: number, at: number, head: string): Sent {
    const inputs = { reason: `sent ${at}`, variant: `v${at}` };
    const key = `stop:${at}:set:${sender}`;
    const body = this.#sign({
      current_state_hash: head,
      hlc: formatHlc({
        wallMs: Math.floor(performance.timeOrigin + performance.now()),
        counter: at,
      }),
      idem_key: key,
      inputs,
      inputs_hash: hashOfCanonical(hasher, canonicalize(inputs)),
      instance: `flag/s${sender}`,
      origin: this.#server.origin,
      transition: "Flag_Set",
    });
    return { key, body };
  }
}

async function startServer(data: string) {
  const child = spawn(process.execPath, [SWOOSH, "up", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const ended = once(child, "exit");
  const said = text(child.stderr);
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(async () => expect.unreachable(await said)),
  ]);
  const ready: { readonly url: string; readonly origin: string } = JSON.parse(String(line));
  return { ...ready, child, ended, said };
}

describe("a server that is told to stop while proposals come in", () => {
  it("keeps whatever it accepted, leaves a snapshot of all of it, and ends with 0", async () => {
    const { readKeyFile } = await import("@swoosh/server/keys");
    const { openNode } = await import("@swoosh/server");
    const { serve } = await import("@swoosh/server/http");
    const data = join(root, "data");
    const server = await startServer(data);
    const operator = readKeyFile(join(data, "keys", "operator.pem"));
    const sign = ({ inputs = {}, ...rest }: JsonObject) => {
      const body = { ...rest, signer: operator.identity };
      const signature = operator.sign(PROPOSAL_TYPE, body);
      return canonicalize({ ...body, inputs, signature });
    };
    const load = new Load(server, sign);
    let isTold = false;
    await load.run(() => {
      if (isTold || load.accepted.length < SIGNAL_AFTER) return;
      isTold = true;
      server.child.kill("SIGTERM");
    });
    const [code, signal] = await server.ended;
    expect([code, signal], await server.said).toEqual([0, null]);
    expect(await server.said).toContain("stopping (SIGTERM)");
    expect(load.accepted.length).toBeGreaterThanOrEqual(SIGNAL_AFTER);
    // It says so, or it says nothing; it never gives another verdict.
    expect([...load.refusals].filter((refusal) => !refusal.startsWith("503 "))).toEqual([]);

    const verified = await runSwoosh(["verify", "--data", data, "--signatures", "--json"]);
    expect(verified.code, verified.err).toBe(0);
    const node = await openNode({ folder: data });
    const again = await serve(node, { host: "127.0.0.1", port: 0 });
    try {
      // All that it did is in the snapshot that it left.
      expect(node.engine.status().recovery.replayed).toBe(0);
      const keysOf = async () => {
        const log = await (await fetch(`${again.url}/journal?limit=1000`)).text();
        const pages = [log];
        for (let from = 1_000; pages.at(-1) !== ""; from += 1_000)
          pages.push(await (await fetch(`${again.url}/journal?from=${from}&limit=1000`)).text());
        const lines = pages
          .join("")
          .split("\n")
          .filter((line) => line !== "");
        return lines.flatMap((line) => /"idem_key":"(stop:[^"]+)"/u.exec(line)?.[1] ?? []);
      };
      const deliver = async ({ body }: Sent) => {
        const response = await fetch(`${again.url}/transition`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        return { status: response.status, answer: await response.text() };
      };
      const before = await keysOf();
      expect(new Set(before).size).toBe(before.length);
      expect(before).toEqual(expect.arrayContaining(load.accepted.map(({ sent }) => sent.key)));
      // The very answer, to who asks again; and what had none is answered now.
      for (const { answer, sent } of load.accepted.slice(-2 * SENDERS))
        expect(await deliver(sent)).toEqual({ status: 202, answer });
      for (const sent of load.unanswered) expect((await deliver(sent)).status).toBe(202);
      const after = await keysOf();
      expect(new Set(after).size).toBe(after.length);
      expect(after).toEqual(expect.arrayContaining(load.unanswered.map(({ key }) => key)));
    } finally {
      await again.stop();
    }
  });

  it.runIf(isSoak)("ends as well when its terminal goes", async () => {
    const data = join(root, "terminal");
    const log = join(root, "terminal.log");
    const command = `exec '${process.execPath}' '${SWOOSH}' up --data '${data}' --port 0 2>'${log}'`;
    const terminal = spawn("script", ["-qec", command, "/dev/null"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    children.add(terminal);
    const [line] = await once(createInterface({ input: terminal.stdout }), "line");
    const { pid }: { readonly pid: number } = JSON.parse(String(line));
    terminal.kill("SIGKILL");
    expect(spawnSync("tail", ["-f", "/dev/null", `--pid=${pid}`]).status).toBe(0);
    const said = readFileSync(log, "utf8");
    expect(said).toContain("stopping (SIGHUP)");
    expect(said).toMatch(/"message":"stopped"/u);
  });
});
