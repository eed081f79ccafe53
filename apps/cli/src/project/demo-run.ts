import type { Log, RunningNode } from "@swoosh/server";
import type { Settings } from "@swoosh/server/settings";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint } from "../paint.ts";
import { startBeside } from "./beside-server.ts";
import { runDemo } from "./demo.ts";
import type { ProjectEnd } from "./follow-project.ts";

/** Agents of the demo: its council. */
const DEMO_AGENTS = 3;
/** Two seconds a bar: fast enough to watch. */
const DEMO_BEATS_PER_MINUTE = 240;

export interface DemoRunOptions {
  readonly settings: Settings;
  readonly source: string;
  /** Stop when the project has ended or waits for a person. */
  readonly isOnce: boolean;
  readonly log: Log;
  readonly logFile: string | undefined;
}

/** `swoosh up --demo`: a server, three agents, and a repository driven through the project chart before one's eyes. */
export class DemoRun {
  readonly #port: ConsolePort;
  readonly #options: DemoRunOptions;
  readonly #abort = new AbortController();
  #end: ProjectEnd | undefined;

  constructor(port: ConsolePort, options: DemoRunOptions) {
    this.#port = port;
    this.#options = options;
  }

  async run(): Promise<ExitCode> {
    const { isOnce, log, logFile, settings } = this.#options;
    const { runServer } = await import("@swoosh/server/up");
    let stop: () => void = () => {};
    const stopAsked = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const code = await runServer(settings, {
      log,
      logFile,
      ready: (line) => this.#tellUrl(line),
      stopAsked,
      beside: async (node, { http, url }, screen) => {
        const beside = await startBeside({ node, http, url, screen, log, ...this.#tempo() });
        const demo = this.#drive(node, url).then(() => {
          if (isOnce) stop();
        });
        return {
          stop: async () => {
            this.#abort.abort();
            await demo;
            await beside.stop();
          },
        };
      },
    });
    if (code !== 0) return EXIT.fenced;
    if (isOnce) return this.#end?.kind === "completed" ? EXIT.ok : EXIT.no;
    return EXIT.ok;
  }

  #tempo(): { readonly agents: number; readonly beatsPerMinute: number } {
    const { settings } = this.#options;
    const of = (name: string, otherwise: number): number =>
      settings.isDefault(name) ? otherwise : settings.integer(name);
    return {
      agents: of("agents", DEMO_AGENTS),
      beatsPerMinute: of("beats-per-minute", DEMO_BEATS_PER_MINUTE),
    };
  }

  async #drive(node: RunningNode, url: string): Promise<void> {
    const { source } = this.#options;
    try {
      const { dataFolder, readKeyFile } = await import("@swoosh/server/keys");
      const key = readKeyFile(dataFolder(node.folder).operatorKey);
      const signer = {
        key: key.identity,
        sign: async (bytes: Uint8Array): Promise<Uint8Array> => key.signBytes(bytes),
      };
      this.#end = await runDemo(this.#port, { url, signer, source, signal: this.#abort.signal });
      this.#tellWhatNext(node.folder);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#port.err(`swoosh: the demo stopped: ${message}\n`);
    }
  }

  #tellUrl(line: string): void {
    const { url }: { readonly url: string } = JSON.parse(line);
    const paint = createPaint(this.#port.colour.out);
    this.#port.out(`${paint.strong(url)}  dashboard, documentation, state; Ctrl-C stops\n`);
  }

  #tellWhatNext(folder: string): void {
    const { isOnce } = this.#options;
    this.#port.out(
      `npx swoosh verify --data ${folder} --signatures   replays every decision${isOnce ? "" : " (after Ctrl-C)"}\n`,
    );
  }
}
