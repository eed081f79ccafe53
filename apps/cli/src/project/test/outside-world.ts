import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";

const PROGRAM = join(import.meta.dirname, "../../../../server/src/projects/test/world-outside.ts");
/** All that it offers but the licence server, `kaching`. */
export const KINDS = ["git", "nats", "open", "sink", "tools"];

/** What surrounds the server, in a process of its own; its messages are those of `world-outside.ts`. */
export class OutsideWorld {
  readonly host: string;
  readonly key: string;
  readonly #child: ChildProcess;
  readonly #ports: Readonly<Record<string, number>>;

  static async open(host: string, natsPort: string): Promise<OutsideWorld> {
    const child = fork(PROGRAM, [host, natsPort], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    return new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the world ended with ${code}`)));
      child.once("message", (told: { key: string; ports: Record<string, number> }) =>
        resolve(new OutsideWorld(child, { host, ...told })),
      );
    });
  }

  private constructor(
    child: ChildProcess,
    told: {
      readonly host: string;
      readonly key: string;
      readonly ports: Readonly<Record<string, number>>;
    },
  ) {
    this.#child = child;
    this.host = told.host;
    this.key = told.key;
    this.#ports = told.ports;
  }

  url(kind: string, scheme = "http"): string {
    return `${scheme}://${this.host}:${this.port(kind)}`;
  }

  port(kind: string): number {
    const port = this.#ports[kind];
    if (port === undefined) throw new Error(`nothing outside is called ${kind}`);
    return port;
  }

  kindOf(port: number): string | undefined {
    return Object.keys(this.#ports).find((kind) => this.#ports[kind] === port);
  }

  /** Ports but that of the licence server. */
  others(): ReadonlySet<number> {
    return new Set(KINDS.map((kind) => this.port(kind)));
  }

  tell(message: object): void {
    this.#child.send(message);
  }

  /** Resolves with the next connection to it. */
  opened(kind: string): Promise<void> {
    return new Promise((resolve) => {
      const hear = (told: { readonly opened?: string }): void => {
        if (told.opened !== kind) return;
        this.#child.off("message", hear);
        resolve();
      };
      this.#child.on("message", hear);
    });
  }

  close(): void {
    this.#child.removeAllListeners("exit");
    this.#child.kill("SIGKILL");
  }
}
