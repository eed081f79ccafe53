import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

/** A task that lasts until the test ends it, however fast or slow the machine is. */
export class LongTask {
  readonly id: string;
  /** A sleep that no other process sleeps. */
  readonly #sleep: string;

  constructor(id: string, seconds: number) {
    this.id = id;
    this.#sleep = `sleep ${seconds}`;
  }

  get run(): string {
    return `${this.#sleep}; echo done`;
  }

  /** Resolves when it has begun, with its process. */
  async begun(): Promise<number> {
    const look = `until pgrep -fx '${this.#sleep}'; do sleep 0.1; done`;
    const { stdout } = await promisify(execFile)("sh", ["-c", look]);
    return Number(stdout.trim());
  }

  /** What it waits for has come. */
  async end(): Promise<void> {
    process.kill(await this.begun(), "SIGTERM");
  }
}
