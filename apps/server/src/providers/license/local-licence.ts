import { readFileSync } from "node:fs";
import type { Clock } from "@swoosh/kernel";
import type { KeepEvidence, Propose } from "../propose.ts";
import type { Notify, Provider } from "../provider.ts";
import { Repeat } from "../repeat.ts";
import { proposeLicence, type LicenceSeen } from "./license-fact.ts";
import { readLicence } from "./licence-file.ts";

/** ms between looks at the file. */
const LOOK_MS = 5_000;

export interface LocalLicenceOptions {
  readonly clock: Clock;
  readonly propose: Propose;
  readonly keep: KeepEvidence;
  readonly notify: Notify;
  readonly path: string;
  /** Is this key an operator's now? */
  readonly isOperator: (key: string) => boolean;
}

/** The licence of an installation that has no licence server: a file that an operator signed. A new file is seen within seconds. */
export class LocalLicenceProvider implements Provider {
  readonly name = "local-licence";
  readonly #options: LocalLicenceOptions;
  readonly #repeat: Repeat;
  /** What was last told of, so that an unchanged file is told once. */
  #told: string | undefined;

  constructor(options: LocalLicenceOptions) {
    this.#options = options;
    this.#repeat = new Repeat({
      clock: options.clock,
      act: async () => {
        await this.#look();
        return LOOK_MS;
      },
      onDefect: (error) => options.notify("error", `the licence file: ${String(error)}`),
    });
  }

  async start(): Promise<void> {
    this.#told = undefined;
    await this.#repeat.start();
  }

  async stop(): Promise<void> {
    await this.#repeat.stop();
  }

  async #look(): Promise<void> {
    const { clock, notify, path, propose } = this.#options;
    const seen = await this.#seen(textOf(path));
    const said = JSON.stringify(seen);
    if (said === this.#told) return;
    const observedAt = clock.now();
    if (await proposeLicence(seen, { propose, notify, source: "local", observedAt }))
      this.#told = said;
  }

  async #seen(text: string | undefined): Promise<LicenceSeen> {
    const { isOperator, keep, path } = this.#options;
    if (text === undefined)
      return { kind: "denied", reason: `${path} is not there or cannot be read` };
    const read = readLicence(text);
    if (!read.ok) return { kind: "denied", reason: read.problem };
    if (!isOperator(read.signer))
      return {
        kind: "denied",
        reason: "the licence was signed by somebody who is no operator here",
      };
    const { graceMs, subject, validUntil } = read.licence;
    const token = await keep(Buffer.from(text));
    return { kind: "granted", subject, validUntil, graceMs, token };
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
