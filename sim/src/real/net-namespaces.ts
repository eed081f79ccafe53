import { spawnSync } from "node:child_process";
import process from "node:process";

/** The program that makes network namespaces, and breaks what lies between them; `tc` is of the same package. */
export const IPROUTE = {
  program: "ip",
  debianPackage: "iproute2",
  purpose: "two networks with a link between them that fails",
} as const;

export type Side = "server" | "client";

/** Addresses of documentation (RFC 5737): nobody has them, and here nobody else sees them. */
const ADDRESS = { server: "192.0.2.1", client: "192.0.2.2" } as const;
const WIRE = "wire";
/** Of the slow link: what all clients ask and hear together takes a good part of a second. */
const SLOW = ["rate", "128kbit", "burst", "3kb", "latency", "400ms"];

let made = 0;

/**
 * Two network namespaces of this kernel and one wire between them: real sockets over a real link, that is cut and healed.
 * Owns the namespaces, and every process that runs in them.
 */
export class NetPair {
  readonly address = ADDRESS;
  readonly #name: Readonly<Record<Side, string>>;

  /** Throws where this is not allowed. */
  constructor() {
    made += 1;
    const prefix = `swoosh-${process.pid}-${made}`;
    this.#name = { server: `${prefix}-server`, client: `${prefix}-client` };
    try {
      for (const side of SIDES) ip("netns", "add", this.#name[side]);
      const { client } = this.#name;
      this.#in(
        "server",
        "link",
        "add",
        WIRE,
        "type",
        "veth",
        "peer",
        "name",
        WIRE,
        "netns",
        client,
      );
      for (const side of SIDES) {
        this.#in(side, "address", "add", `${ADDRESS[side]}/30`, "dev", WIRE);
        for (const device of ["lo", WIRE]) this.#in(side, "link", "set", device, "up");
      }
    } catch (error) {
      this.remove();
      throw new Error(
        "two network namespaces cannot be joined here; run as root with CAP_NET_ADMIN and CAP_SYS_ADMIN",
        { cause: error },
      );
    }
  }

  /** The command by which a program runs on this side. */
  runBy(side: Side): readonly string[] {
    return ["ip", "netns", "exec", this.#name[side]];
  }

  /** Nothing arrives on either side: this one's device is down, and the other one has no carrier. */
  takeDown(side: Side): void {
    this.#in(side, "link", "set", WIRE, "down");
  }

  bringUp(side: Side): void {
    this.#in(side, "link", "set", WIRE, "up");
  }

  /** What this side sends is gone; what is sent to it arrives. */
  muteSide(side: Side): void {
    this.#in(side, "route", "add", "blackhole", `${ADDRESS[otherOf(side)]}/32`);
  }

  unmuteSide(side: Side): void {
    this.#in(side, "route", "del", "blackhole", `${ADDRESS[otherOf(side)]}/32`);
  }

  slowDown(): void {
    for (const side of SIDES) this.#tc(side, "add", "dev", WIRE, "root", "tbf", ...SLOW);
  }

  /** How often a packet had to wait for the slow link. */
  heldBack(): number {
    const shown = SIDES.map((side) => this.#tc(side, "show", "dev", WIRE));
    return shown.reduce((sum, text) => sum + Number(/overlimits (\d+)/u.exec(text)?.[1] ?? 0), 0);
  }

  speedUp(): void {
    for (const side of SIDES) this.#tc(side, "del", "dev", WIRE, "root");
  }

  /** Ends all that runs in the namespaces, and them. Does nothing about what is not there. */
  remove(): void {
    for (const side of SIDES) {
      const name = this.#name[side];
      const { stdout } = spawnSync("ip", ["netns", "pids", name], { encoding: "utf8" });
      for (const pid of (stdout ?? "").split("\n").filter((line) => line !== "")) kill(Number(pid));
      spawnSync("ip", ["netns", "delete", name]);
    }
  }

  #in(side: Side, ...argv: readonly string[]): void {
    ip("-n", this.#name[side], ...argv);
  }

  #tc(side: Side, verb: string, ...argv: readonly string[]): string {
    return run("tc", ["-s", "-n", this.#name[side], "qdisc", verb, ...argv]);
  }
}

const SIDES: readonly Side[] = ["server", "client"];

export function otherOf(side: Side): Side {
  return side === "server" ? "client" : "server";
}

function ip(...argv: readonly string[]): void {
  run("ip", argv);
}

function run(program: string, argv: readonly string[]): string {
  const { error, status, stderr, stdout } = spawnSync(program, argv, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${argv.join(" ")}: ${stderr.trim()}`);
  return stdout;
}

/** It may have ended by itself since it was listed. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
