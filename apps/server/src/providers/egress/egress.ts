import { lookup as lookUpName } from "node:dns/promises";
import { isIP } from "node:net";
import type { Clock } from "@swoosh/kernel";
import type { Notify } from "../provider.ts";
import { addressKind } from "./address-kind.ts";

/** A connection that may not go out: no licence, a host that is not on the list, an address that nobody should reach, a redirect. */
export class OutboundRefused extends Error {
  override readonly name = "OutboundRefused";
  readonly code = "outbound_refused";
}

/** Leave for one connection: to these addresses only, and no longer than outbound is allowed. */
export interface Admission {
  readonly addresses: readonly string[];
  /** `end` is called when all outbound stops; gives what takes it back when the connection is over. */
  onStop(end: () => void): () => void;
}

export interface EgressCount {
  readonly admitted: number;
  readonly refused: number;
}

export interface EgressOptions {
  readonly clock: Clock;
  /** `git.example.org`, `*.example.org`, each with `:port` where only that one is meant. */
  readonly allowed: readonly string[];
  /**
   * Where licences are given: reached before there is one, each at its own port alone, for a neighbour on the same host gives none. Their
   * hosts must be on the list as well.
   */
  readonly licenceServers?: readonly URL[];
  readonly notify: Notify;
  /** Addresses of a name; the system's resolver unless given. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
  /** What an address is; a test may take its own machine for another. */
  readonly kindOf?: typeof addressKind;
}

/**
 * Every connection that this program opens asks here first (orchestrator design §2).
 *
 * Invariants:
 * E1 nothing goes out but to the loopback and to the licence's servers while `now ≥ stop_at` of the licence;
 * E2 a host beyond the loopback is on the list;
 * E3 a connection goes to an address that was looked up and judged here, never to what the name means a moment later;
 * E4 when the licence stops, every connection and every program that was admitted under it is ended.
 */
export class Egress {
  readonly #clock: Clock;
  readonly #allowed: readonly string[];
  readonly #licenceServers: ReadonlySet<string>;
  readonly #notify: Notify;
  readonly #lookUp: (host: string) => Promise<readonly string[]>;
  readonly #kindOf: typeof addressKind;
  readonly #counts = new Map<string, { admitted: number; refused: number }>();
  readonly #open = new Set<() => void>();
  #stopAt = 0;
  #cancel: (() => void) | undefined;

  constructor(options: EgressOptions) {
    this.#clock = options.clock;
    this.#allowed = options.allowed;
    this.#licenceServers = new Set((options.licenceServers ?? []).map(endpointOf));
    this.#notify = options.notify;
    this.#kindOf = options.kindOf ?? addressKind;
    this.#lookUp = options.lookUp ?? systemLookUp;
  }

  /** `stopAt`: ms, `stop_at` of `license/main`; 0 where there is none. Connections end by themselves when it comes. */
  setLicence(stopAt: number): void {
    this.#stopAt = stopAt;
    this.#cancel?.();
    this.#cancel = undefined;
    if (stopAt > this.#clock.now()) {
      this.#cancel = this.#clock.wakeAt(stopAt, () => this.#stop());
    } else this.#stop();
  }

  /** Leave for one connection to the host of this URL. Rejects with `OutboundRefused`. */
  readonly admit = async (url: URL): Promise<Admission> => {
    const host = hostOf(url);
    try {
      const addresses = await this.#judge(url, host);
      const isFree = this.#isFree(url, addresses);
      // Looking a name up takes time, in which a licence can end.
      if (!isFree) this.#mustBeLicensed(host);
      this.#count(host, "admitted");
      return { addresses, onStop: (end) => this.#onStop(end, isFree) };
    } catch (error) {
      if (error instanceof OutboundRefused) {
        this.#count(host, "refused");
        this.#notify("warn", `outbound refused: ${error.message}`);
      }
      throw error;
    }
  };

  /**
   * Leave for a program that is started beside this server and may reach what it likes: under a licence alone, and ended with it. Throws
   * `OutboundRefused`.
   */
  readonly admitProgram = (name: string): Pick<Admission, "onStop"> => {
    this.#mustBeLicensed(name);
    return { onStop: (end) => this.#onStop(end, false) };
  };

  /** By host, since the start. */
  counts(): ReadonlyMap<string, EgressCount> {
    return this.#counts;
  }

  /** Connections that are open under the licence. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Ends what is open and waits for nothing more. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#stopAt = 0;
    this.#stop();
  }

  async #judge(url: URL, host: string): Promise<readonly string[]> {
    if (host === "localhost") return ["127.0.0.1", "::1"];
    if (this.#kindOf(host) === "loopback") return [host];
    if (!this.#isAllowed(url, host))
      throw new OutboundRefused(
        `${host} is not on the list of hosts; add it to the setting egress-allow where it may be reached`,
      );
    if (!this.#licenceServers.has(endpointOf(url))) this.#mustBeLicensed(host);
    const addresses = isIP(host) === 0 ? await this.#lookUp(host) : [host];
    const bad = addresses.find((address) => this.#kindOf(address) !== "other");
    if (bad !== undefined)
      throw new OutboundRefused(
        `${host} has the address ${bad}, which belongs to this machine or to its link; name what is meant by its own address`,
      );
    if (addresses.length === 0) throw new OutboundRefused(`${host} has no address`);
    return addresses;
  }

  #mustBeLicensed(host: string): void {
    if (this.#clock.now() < this.#stopAt) return;
    const why = this.#stopAt === 0 ? "there is no licence yet" : "the licence has ended";
    throw new OutboundRefused(`${why}, so ${host} is not reached; see license/main`);
  }

  #isAllowed(url: URL, host: string): boolean {
    const port = portOf(url);
    return this.#allowed.some((entry) => {
      const [, name = "", onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      if (!name.startsWith("*.")) return name === host;
      return host.endsWith(name.slice(1)) && host.length > name.length - 1;
    });
  }

  #isFree(url: URL, addresses: readonly string[]): boolean {
    if (this.#licenceServers.has(endpointOf(url))) return true;
    return addresses.every((address) => this.#kindOf(address) === "loopback");
  }

  #onStop(end: () => void, isFree: boolean): () => void {
    if (isFree) return () => {};
    this.#open.add(end);
    if (this.#clock.now() >= this.#stopAt) this.#stop();
    return () => this.#open.delete(end);
  }

  #stop(): void {
    const open = [...this.#open];
    this.#open.clear();
    for (const end of open) end();
  }

  #count(host: string, what: "admitted" | "refused"): void {
    const count = this.#counts.get(host) ?? { admitted: 0, refused: 0 };
    count[what] += 1;
    this.#counts.set(host, count);
  }
}

/** Name of a URL's host as the list writes it: lower case, IPv6 without brackets, no dot at the end. */
export function hostOf(url: URL): string {
  return url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
}

function endpointOf(url: URL): string {
  return `${hostOf(url)} ${portOf(url)}`;
}

const PORTS: Readonly<Record<string, string>> = {
  "http:": "80",
  "https:": "443",
  "ws:": "80",
  "wss:": "443",
  "ssh:": "22",
  "git:": "9418",
  "nats:": "4222",
  "tls:": "4222",
};

export function portOf(url: URL): string {
  return url.port !== "" ? url.port : (PORTS[url.protocol] ?? "");
}

async function systemLookUp(host: string): Promise<readonly string[]> {
  try {
    const found = await lookUpName(host, { all: true });
    return found.map(({ address }) => address);
  } catch (error) {
    throw new Error(`the name ${host} cannot be looked up; is it right, and is there a network?`, {
      cause: error,
    });
  }
}
