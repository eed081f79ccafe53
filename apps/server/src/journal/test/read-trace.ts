import type { TracedAct } from "./traced-disk.ts";

/** The program that writes down the system calls of a real process. */
export const STRACE = {
  program: "strace",
  debianPackage: "strace",
  purpose: "the system calls of a real LevelDB, of which a loss of power is made",
} as const;

/** Calls that `readTrace` reads, and those that it must not meet in the folder, since nobody would notice that it cannot. */
const READ_CALLS = ["openat", "close", "write", "fsync", "fdatasync", "rename", "unlink"] as const;
const UNREAD_CALLS = [
  ...["pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range"],
  ...["ftruncate", "truncate", "fallocate", "sync_file_range", "msync"],
  ...[
    "open",
    "creat",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "unlinkat",
    "dup",
    "dup2",
  ],
];

/** Arguments of strace, but for the command: every byte that is written, in hexadecimal digits. */
export function traceArgs(log: string): readonly string[] {
  const calls = [...READ_CALLS, ...UNREAD_CALLS].map((call) => `?${call}`);
  return [
    ...["-f", "--seccomp-bpf", "-q", "-xx", "-s", String(64 * 1_024 * 1_024)],
    ...["-e", `trace=${calls.join(",")}`, "-e", "signal=none", "-o", log],
  ];
}

/** `PID call(arguments) = result`, whole, or in two lines where another thread's came between. */
const BEGUN = /^(?<pid>\d+) +(?<call>\w+)\(/u;
const RESUMED = /^(?<pid>\d+) +<\.\.\. (?<call>\w+) resumed>/u;
const UNFINISHED = " <unfinished ...>";

interface OpenCall {
  readonly call: string;
  /** Its arguments, as far as they are known. */
  readonly text: string;
  /** Place of its act among all acts: a call that changes something has done so from its beginning on. */
  readonly place: TracedAct[];
  readonly sync: number;
}

type OpenFile = { readonly file: number } | "folder" | "output";

/** What a traced process did in a folder (nothing below it), and what it wrote to its standard output. */
export function readTrace(log: string, folder: string): readonly TracedAct[] {
  const reader = new TraceReader(folder);
  for (const line of log.split("\n")) reader.read(line);
  return reader.acts;
}

class TraceReader {
  readonly #folder: string;
  readonly #places: TracedAct[][] = [];
  readonly #begun = new Map<string, OpenCall>();
  readonly #files = new Map<number, OpenFile>([[1, "output"]]);
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get acts(): readonly TracedAct[] {
    return this.#places.flat();
  }

  read(line: string): void {
    const resumed = RESUMED.exec(line)?.groups;
    const begun = BEGUN.exec(line)?.groups;
    const { call = "", pid = "" } = resumed ?? begun ?? {};
    if (call === "") return;
    const before = this.#begun.get(pid);
    const isOver = !line.endsWith(UNFINISHED);
    const text = line.slice(line.indexOf(resumed === undefined ? "(" : ">") + 1);
    const known = isOver ? text : text.slice(0, -UNFINISHED.length);
    const whole =
      resumed === undefined || before === undefined
        ? this.#begin(call, known)
        : { ...before, text: `${before.text}${known}` };
    this.#begun.delete(pid);
    if (isOver) this.#end(whole);
    else this.#begun.set(pid, whole);
  }

  #begin(call: string, text: string): OpenCall {
    this.#count += 1;
    const sync = this.#count;
    const place = this.#newPlace();
    // Another thread may be given its number before the call has come back.
    if (call === "close") this.#files.delete(numberIn(text));
    const open = this.#files.get(numberIn(text));
    if ((call === "fsync" || call === "fdatasync") && open !== undefined)
      place.push({ kind: "sync", sync, file: typeof open === "string" ? null : open.file });
    return { call, text, place, sync };
  }

  #end({ call, place, sync, text }: OpenCall): void {
    const result = Number.parseInt(text.slice(text.lastIndexOf(" = ") + 3), 10);
    const names = stringsIn(text).map((string) => this.#nameOf(string.toString("utf8")));
    const open = this.#files.get(numberIn(text));
    const [first, second] = names;
    // The program's end: there is no result.
    if (!(result >= 0)) return;
    switch (call) {
      case "close":
        return;
      case "openat":
        this.#opened({ name: first, flags: text, number: result, place });
        return;
      case "write":
        if (open !== undefined) place.push(...written(open, stringsIn(text)[0], result));
        return;
      case "fsync":
      case "fdatasync":
        if (open !== undefined) this.#newPlace().push({ kind: "synced", sync });
        return;
      case "rename":
        if (first === null && second === null) return;
        if (typeof first !== "string" || typeof second !== "string")
          throw new Error(`a file came from another folder, or went there: ${text.slice(0, 999)}`);
        place.push({ kind: "rename", from: first, to: second });
        return;
      case "unlink":
        if (typeof first === "string") place.push({ kind: "unlink", name: first });
        return;
      default:
        if (open !== undefined || names.some((name) => name !== null))
          throw new Error(`a trace with ${call} in the folder cannot be read`);
    }
  }

  #opened(about: {
    readonly name: string | null | undefined;
    readonly flags: string;
    readonly number: number;
    readonly place: TracedAct[];
  }): void {
    const { flags, name, number, place } = about;
    this.#files.delete(number);
    if (typeof name !== "string") return;
    if (name === "") this.#files.set(number, "folder");
    else if (/\bO_(?:WRONLY|RDWR)\b/u.test(flags)) {
      this.#count += 1;
      const file = this.#count;
      this.#files.set(number, { file });
      place.push({ kind: "open", file, name, isEmptied: flags.includes("O_TRUNC") });
    }
  }

  #newPlace(): TracedAct[] {
    const place: TracedAct[] = [];
    this.#places.push(place);
    return place;
  }

  /** Name of a file in the folder, "" for the folder itself, null for any other path. */
  #nameOf(path: string): string | null {
    if (path === this.#folder) return "";
    return path.startsWith(`${this.#folder}/`) ? path.slice(this.#folder.length + 1) : null;
  }
}

function written(open: OpenFile, bytes: Buffer | undefined, count: number): TracedAct[] {
  if (bytes === undefined || bytes.length < count)
    throw new Error("bytes are missing in the trace");
  if (open === "folder") throw new Error("nobody writes to a folder");
  if (open !== "output")
    return [{ kind: "write", file: open.file, bytes: bytes.subarray(0, count) }];
  const lines = bytes.toString("utf8").split("\n").slice(0, -1);
  return lines.map((line) => ({ kind: "said", line }));
}

function numberIn(text: string): number {
  return Number.parseInt(text, 10);
}

/** Strings among the arguments of a call, which are all in hexadecimal digits. */
function stringsIn(text: string): readonly Buffer[] {
  return text
    .split('"')
    .filter((_, at) => at % 2 === 1)
    .map((digits) => Buffer.from(digits.replaceAll("\\x", ""), "hex"));
}
