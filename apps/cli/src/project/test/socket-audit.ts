import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A socket that leads out: whose it is, and where it leads. */
export interface Outgoing {
  readonly pid: number;
  readonly address: string;
  readonly port: number;
}

interface Row {
  readonly address: string;
  readonly inode: string;
  readonly port: number;
}

/** Fields of `/proc/<pid>/stat` behind the name in brackets (proc(5)): parent is field 4, start 22. */
const PARENT = 4 - 3;
const START = 22 - 3;
/** State of a socket that listens. */
const LISTENING = "0A";
const TABLES = ["tcp", "tcp6", "udp", "udp6"];

/**
 * Sockets of a process and of everything that it ever started, by the kernel's own tables: `/proc/<pid>/net/tcp` joined with the inodes in
 * `/proc/<pid>/fd`. Who was seen once stays one of them, also where its parent is gone.
 */
export class SocketAudit {
  readonly #root: number;
  /** By pid: the start of the process, for pids are given again. */
  readonly #ours = new Map<number, string>();

  constructor(root: number) {
    this.#root = root;
  }

  /** The processes of the newest look. */
  pids(): readonly number[] {
    return [...this.#ours.keys()];
  }

  /** All that lead beyond the loopback, in whatever state, until they are closed. */
  outgoing(): readonly Outgoing[] {
    const tables = new Map<string, readonly Row[]>();
    return this.#tree().flatMap((pid) => {
      const inodes = socketsOf(pid);
      if (inodes.size === 0) return [];
      const net = linkOf(`/proc/${pid}/ns/net`);
      const rows = tables.get(net) ?? rowsOf(pid);
      tables.set(net, rows);
      return rows
        .filter(({ address, inode }) => inodes.has(inode) && !isLoopback(address))
        .map(({ address, port }) => ({ pid, address, port }));
    });
  }

  #tree(): readonly number[] {
    const running = namesIn("/proc").map(Number).filter(Number.isInteger).map(aboutProcess);
    const tree = new Set<number>();
    for (let before = -1; before < tree.size;) {
      before = tree.size;
      for (const { parent, pid, start } of running)
        if (pid === this.#root || tree.has(parent) || this.#ours.get(pid) === start) tree.add(pid);
    }
    this.#ours.clear();
    for (const { pid, start } of running) if (tree.has(pid)) this.#ours.set(pid, start);
    return [...tree];
  }
}

function aboutProcess(pid: number): { pid: number; parent: number; start: string } {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { pid, parent: Number(fields[PARENT]), start: fields[START] ?? "" };
}

/** Sockets of anybody on this machine that lead to one of these ports of an address. */
export function leadingTo(address: string, ports: ReadonlySet<number>): readonly Row[] {
  return rowsOf("self").filter(
    (row) => row.address === address && ports.has(row.port) && row.inode !== "0",
  );
}

function rowsOf(pid: number | "self"): readonly Row[] {
  return TABLES.flatMap((table) => textOf(`/proc/${pid}/net/${table}`).split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, , remote = "", state, , , , , , inode = ""]) => {
      const [hex = "", port = ""] = remote.split(":");
      if (state === LISTENING || port === "" || port === "0000") return [];
      return [{ address: addressOf(hex), inode, port: Number.parseInt(port, 16) }];
    });
}

/** The tables write words of 32 bits, each in the byte order of the machine. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)),
  );
  const isMapped =
    bytes.length === 16 && bytes.slice(0, 12).join() === "0,0,0,0,0,0,0,0,0,0,255,255";
  if (bytes.length === 4 || isMapped) return bytes.slice(-4).join(".");
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || /^0{31}1$/.test(address);
}

function socketsOf(pid: number): ReadonlySet<string> {
  const inodes = new Set<string>();
  for (const fd of namesIn(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
