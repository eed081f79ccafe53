import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProvisionServer, treeOf } from "./provision-server.ts";
import type { FromAgent, ToAgent, Work } from "./provision-stepwise.ts";

const PROGRAM = fileURLToPath(new URL("provision-stepwise.ts", import.meta.url));

type Asked = Extract<FromAgent, { readonly next: string }>;

/** An agent's disk and its server: what both keep outlives every process of the agent. */
export class KilledAgent {
  readonly folder = mkdtempSync(join(tmpdir(), "swoosh-provision-"));
  readonly server = new ProvisionServer();
  readonly #root = join(this.folder, "content", this.server.contentHash);
  readonly #lives = new Set<ChildProcess>();

  /** One life of an agent's process, killed as soon as its effects so far say so; what it did, and what it said in the end. */
  async live(work: Work, isLast: (done: readonly string[]) => boolean = () => false) {
    const { folder, server } = this;
    const child = fork(PROGRAM, [folder, work, JSON.stringify(server.data)], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#lives.add(child);
    const done: string[] = [];
    const queue: Asked[] = [];
    let doing: Asked | undefined;
    let end: unknown;
    // One effect at a time: which are done is known at every moment, and nothing happens while an agent is killed.
    const goOn = (): void => {
      if (isLast(done)) {
        child.kill("SIGKILL");
        return;
      }
      if (doing !== undefined) return;
      doing = queue.shift();
      if (doing === undefined) return;
      const { call, next, step } = doing;
      if (call === undefined) {
        child.send({ step, answer: undefined } satisfies ToAgent);
        return;
      }
      const answer = server.answer(call);
      done.push(next);
      doing = undefined;
      // Killed now, it never hears what the server did.
      if (!isLast(done)) child.send({ step, answer } satisfies ToAgent);
      goOn();
    };
    child.on("message", (message: FromAgent) => {
      if ("end" in message) end = message.end;
      else if ("next" in message) queue.push(message);
      else if (doing !== undefined) {
        done.push(doing.next);
        doing = undefined;
      }
      goOn();
    });
    const [, signal]: unknown[] = await once(child, "exit");
    this.#lives.delete(child);
    return { done, end, signal };
  }

  /** The content under its name, as `treeOf` says it; null where there is none. */
  get content(): Readonly<Record<string, string>> | null {
    return existsSync(this.#root) ? treeOf(this.#root) : null;
  }

  /** What the agent keeps, folder by folder. */
  get kept(): readonly string[] {
    const within = (name: string) =>
      readdirSync(join(this.folder, name)).map((one) => `${name}/${one}`);
    return readdirSync(this.folder).flatMap(within);
  }

  /** Something changes a file of the content. */
  damage(path: string, text: string): void {
    writeFileSync(join(this.#root, path), text);
  }

  end(): void {
    for (const one of this.#lives) one.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
