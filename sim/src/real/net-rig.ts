import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseCheckpoint } from "@swoosh/kernel";
import { readFolder } from "@swoosh/server/verify";
import { checkHistory, type HistoryVerdict } from "../history/check-history.ts";
import type { HistoryOp } from "../history/history.ts";
import { judgeOf, prepareFolder } from "./kill-sweep.ts";
import { startFollower, startServer, type LiveServer } from "./live-server.ts";
import type { NetClientReport, NetClientTask } from "./net-client.ts";
import { NetPair } from "./net-namespaces.ts";
import type { Word } from "./recorded-http.ts";

const NET_CLIENT = fileURLToPath(new URL("net-client.ts", import.meta.url));
/** ms between looks at what the follower has cosigned. */
const LOOK_MS = 20;

export interface NetReport {
  readonly ops: readonly HistoryOp[];
  readonly log: readonly string[];
  /** Records of the follower's folder. */
  readonly copy: readonly string[];
  readonly givenUp: readonly string[];
  /** Head that the clients saw in the end, and the one that the follower has cosigned. */
  readonly head: NetClientReport["head"];
  readonly cosigned: string;
  /** Exit codes of clients, follower and server. */
  readonly ends: readonly (number | null)[];
}

/** A server on one side of a link; clients and a follower on the other. */
export class NetRig {
  readonly net: NetPair;
  readonly #root = mkdtempSync(join(tmpdir(), "swoosh-net-"));
  readonly #data = join(this.#root, "data");
  readonly #copy = join(this.#root, "copy");
  #server: LiveServer | null = null;
  #follower: LiveServer | null = null;
  #client: ChildProcess | null = null;
  readonly #heard = new Map<Word, number>();
  /** Whoever waits for a word. */
  #wake: () => void = () => {};
  #said = "";

  private constructor() {
    try {
      this.net = new NetPair();
    } catch (error) {
      rmSync(this.#root, { recursive: true });
      throw error;
    }
  }

  /** Throws where namespaces are not allowed. `openssl`: path of the program. */
  static async start(
    openssl: string,
    given: { readonly attemptsMax: number; readonly seed: number },
  ): Promise<NetRig> {
    const rig = new NetRig();
    try {
      await rig.#start(openssl, given);
      return rig;
    } catch (error) {
      rig.remove();
      throw error;
    }
  }

  /** How many deliveries had this end so far. */
  heard(word: Word): number {
    return this.#heard.get(word) ?? 0;
  }

  /** Until so many more deliveries had this end. */
  async hears(word: Word, more: number): Promise<void> {
    const wanted = this.heard(word) + more;
    while (this.heard(word) < wanted) {
      if (this.#client?.exitCode !== null) throw new Error(`the clients are gone: ${this.#said}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Clients finish what they are at, the follower gets all of it, and everybody is asked to stop. */
  async end(): Promise<NetReport> {
    const client = await ended(this.#client, "SIGTERM");
    if (client !== 0) throw new Error(`the clients ended with ${client}: ${this.#said}`);
    const report: NetClientReport = JSON.parse(readFileSync(this.#path("report"), "utf8"));
    const cosigned = await this.#cosigned(report.head.size);
    const follower = await ended(this.#follower?.process ?? null, "SIGTERM");
    const server = await ended(this.#server?.process ?? null, "SIGTERM");
    return {
      ...report,
      log: [...readFolder(this.#data)],
      copy: [...readFolder(this.#copy)],
      cosigned,
      ends: [client, follower, server],
    };
  }

  judge({ log }: NetReport, ops: readonly HistoryOp[]): Promise<HistoryVerdict> {
    return checkHistory(judgeOf(this.#data), { ops, log });
  }

  /** Whatever still runs, the namespaces and the folder. */
  remove(): void {
    this.net.remove();
    rmSync(this.#root, { recursive: true, force: true });
  }

  async #start(openssl: string, given: Pick<NetClientTask, "attemptsMax" | "seed">): Promise<void> {
    const { net } = this;
    const [cert, key] = [this.#path("cert.pem"), this.#path("key.pem")];
    makeCertificate(openssl, { cert, key, host: net.address.server });
    await prepareFolder(this.#data);
    this.#server = startServer({
      data: this.#data,
      address: { host: net.address.server, cert, key },
      runBy: net.runBy("server"),
    });
    const url = await urlOf(this.#server);
    const operator = join(this.#data, "keys", "operator.pem");
    const runBy = net.runBy("client");
    this.#follower = startFollower({ url, data: this.#copy, key: operator, ca: cert, runBy });
    const task: NetClientTask = { ...given, url, key: operator, report: this.#path("report") };
    this.#startClient([...runBy, process.execPath, NET_CLIENT, JSON.stringify(task)], cert);
    await urlOf(this.#follower);
  }

  #startClient([program = "", ...argv]: readonly string[], ca: string): void {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
    const client = spawn(program, argv, { stdio: ["ignore", "pipe", "pipe"], env });
    this.#client = client;
    client.stderr.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
    client.once("exit", () => this.#wake());
    createInterface({ input: client.stdout }).on("line", (line) => {
      const word = WORDS.get(line);
      if (word === undefined) return;
      this.#heard.set(word, this.heard(word) + 1);
      this.#wake();
    });
  }

  /** The head that the follower has cosigned, once it is this long. */
  async #cosigned(size: number): Promise<string> {
    const path = join(this.#copy, "cosigned-checkpoint");
    for (;;) {
      const note = existsSync(path) ? readFileSync(path, "utf8") : "";
      const parsed = parseCheckpoint(note);
      if (parsed.ok && parsed.checkpoint.size >= size) return note;
      if (this.#follower?.process.exitCode !== null)
        throw new Error(`the follower is gone: ${this.#follower?.said() ?? ""}`);
      await wait(LOOK_MS);
    }
  }

  #path(name: string): string {
    return join(this.#root, name);
  }
}

const WORDS: ReadonlyMap<string, Word> = new Map(
  (["accepted", "replayed", "refused", "lost"] as const).map((word) => [word, word]),
);

async function urlOf(server: LiveServer): Promise<string> {
  const url = await server.url;
  if (url === null) throw new Error(`a process did not get ready: ${server.said()}`);
  return url;
}

async function ended(child: ChildProcess | null, signal: NodeJS.Signals): Promise<number | null> {
  if (child === null) return null;
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
  return child.exitCode;
}

function makeCertificate(
  openssl: string,
  { cert, host, key }: { readonly cert: string; readonly key: string; readonly host: string },
): void {
  execFileSync(
    openssl,
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "2", "-keyout", key, "-out", cert],
      ...["-subj", "/CN=swoosh", "-addext", `subjectAltName=IP:${host}`],
    ],
    { stdio: "ignore" },
  );
}
