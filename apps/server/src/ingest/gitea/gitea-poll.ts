import type { Clock } from "@swoosh/kernel";
import type { Admission } from "../../providers/egress/egress.ts";
import { outboundRequest } from "../../providers/egress/outbound-request.ts";
import type { Notify, Provider } from "../../providers/provider.ts";
import { Repeat } from "../../providers/repeat.ts";
import { ENTRY_LABEL, fieldsOf, readEntry, type EntryPoint } from "./entry-point.ts";

export interface GiteaPollOptions {
  readonly admit: (url: URL) => Promise<Admission>;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly base: URL;
  /** Access token with leave to read issues and repositories; it goes into a header and nowhere else. */
  readonly token?: string;
  /** Begins the project, or finds that it is there: it is called again after each restart. */
  readonly begin: (entry: EntryPoint) => Promise<void>;
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;
const PAGE = 50;
/** Pages of one look: more open entry points than that are no queue but a mistake. */
const PAGES_MAX = 20;
const ANSWER_BYTES_MAX = 4_194_304;

/** Looks for open entry points where no webhook comes through, and for those whose webhook was lost. */
export class GiteaPoll implements Provider {
  readonly name = "gitea";
  readonly #options: GiteaPollOptions;
  readonly #repeat: Repeat;
  /** Instances that were begun since the start. */
  readonly #begun = new Set<string>();
  #trouble = "";

  constructor(options: GiteaPollOptions) {
    this.#options = options;
    const everyMs = options.everyMs ?? EVERY_MS;
    this.#repeat = new Repeat({
      clock: options.clock,
      act: async () => {
        await this.#look().then(
          () => (this.#trouble = ""),
          (error: unknown) => this.#complain(error),
        );
        return everyMs;
      },
      onDefect: (error) => options.notify("error", `Gitea: ${String(error)}`),
    });
  }

  async start(): Promise<void> {
    await this.#repeat.start();
  }

  async stop(): Promise<void> {
    await this.#repeat.stop();
  }

  async #look(): Promise<void> {
    const repositories = new Map<string, unknown>();
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const issues = await this.#get(
        `api/v1/repos/issues/search?labels=${ENTRY_LABEL}&state=open&type=issues&limit=${PAGE}&page=${page}`,
      );
      if (!Array.isArray(issues)) throw new Error("the search for issues gave no list");
      for (const issue of issues) await this.#take(issue, repositories);
      if (issues.length < PAGE) return;
    }
    this.#options.notify(
      "warn",
      `Gitea has more than ${PAGE * PAGES_MAX} open entry points; the rest is not looked at`,
    );
  }

  async #take(issue: unknown, repositories: Map<string, unknown>): Promise<void> {
    const { base, begin, notify } = this.#options;
    const name = String(fieldsOf(fieldsOf(issue)["repository"])["full_name"] ?? "");
    if (!/^[\w.-]+\/[\w.-]+$/.test(name)) return;
    if (!repositories.has(name)) repositories.set(name, await this.#get(`api/v1/repos/${name}`));
    const read = readEntry(issue, repositories.get(name), base);
    if (read.kind === "malformed") notify("warn", `an entry point of ${name}: ${read.problem}`);
    if (read.kind !== "entry" || this.#begun.has(read.entry.instance)) return;
    await begin(read.entry);
    this.#begun.add(read.entry.instance);
  }

  async #get(path: string): Promise<unknown> {
    const { admit, base, token } = this.#options;
    const root = base.href.endsWith("/") ? base.href : `${base.href}/`;
    const answer = await outboundRequest(admit, new URL(path, root), {
      headers: {
        accept: "application/json",
        ...(token === undefined ? {} : { authorization: `token ${token}` }),
      },
      bytesMax: ANSWER_BYTES_MAX,
    });
    if (answer.status !== 200)
      throw new Error(
        `${base.host} answered ${answer.status} to ${path.split("?")[0]}${answer.status === 401 || answer.status === 403 ? "; is the token right?" : ""}`,
      );
    const value: unknown = JSON.parse(Buffer.from(answer.bytes).toString("utf8"));
    return value;
  }

  /** Once, until a look succeeds. */
  #complain(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== this.#trouble) this.#options.notify("warn", `Gitea: ${text}`);
    this.#trouble = text;
  }
}
