/** The program that stops, kills and fails system calls of a real process, one by one. */
export const STRACE = {
  program: "strace",
  debianPackage: "strace",
  purpose: "faults of system calls under a real server",
} as const;

/** Calls by which the server changes what is on the disk, and `write`, by which it answers. */
export const FAULT_CALLS = [
  "pwrite64",
  "fdatasync",
  "fsync",
  "rename",
  "link",
  "unlink",
  "write",
] as const;
export type FaultCall = (typeof FAULT_CALLS)[number];

/** Kills the whole process, without a word, when one of its threads makes this call for the n-th time. */
export const killAt = (call: FaultCall, nth: number): string => `${call}:signal=KILL:when=${nth}`;

/** The n-th call of a thread fails. */
export const failAt = (call: FaultCall, code: "EIO", nth: number): string =>
  `${call}:error=${code}:when=${nth}`;

/** Calls that take bytes from a file: none is ever made, for a cut that a crash undoes shows old bytes again. */
export const CUTTING_CALLS = ["ftruncate", "truncate"] as const;

/** Kills it where it makes one of them at all. */
export const killAtCuts = (): readonly string[] =>
  CUTTING_CALLS.map((call) => `${call}:signal=KILL:when=1`);

export interface Tracing {
  /** e.g. `fdatasync:signal=KILL:when=3`; strace counts the calls of each thread by itself. */
  readonly inject: readonly string[];
  /** Where strace writes down these calls. */
  readonly log: string;
  /**
   * Whose calls: of every thread, from the start of the process on; or of libuv's pool alone, which has one thread then,
   * so that its n-th call is met even where another thread made n of them long before.
   */
  readonly threads: "all" | "pool";
}

/** Arguments of strace, but for the command or the thread that it is about. */
export function straceArgs({ inject, log }: Tracing): readonly string[] {
  const calls = [...new Set(inject.map((fault) => fault.split(":")[0] ?? ""))];
  return [
    // Names of threads and of files stand in the log, and no bytes.
    ...["-Y", "-y", "-s", "0", "-o", log],
    ...["-e", `trace=${calls.join(",")}`, "-e", "signal=KILL"],
    ...inject.flatMap((fault) => ["-e", `inject=${fault}`]),
  ];
}

export interface TracedCall {
  /** Name of the thread, where all threads were traced. */
  readonly thread: string | null;
  /** Of the file that the call was about, where it has one that is open. */
  readonly path: string | null;
}

/** `PID<thread> call(FD<path>, …`; a call that another thread's line cuts in two begins but once. */
const TRACED = /^(?:(?<pid>\d+)<(?<thread>[^>]*)> )?(?<call>\w+)\((?:\d+<(?<path>[^>]*)>)?/u;

/** The call that was the first to be a thread's n-th: the one that was killed or failed. */
export function nthCallIn(log: string, call: string, nth: number): TracedCall | undefined {
  const counts = new Map<string, number>();
  for (const line of log.split("\n")) {
    const found = TRACED.exec(line)?.groups;
    if (found?.["call"] !== call) continue;
    const { path = null, pid = "", thread = null } = found;
    const count = (counts.get(pid) ?? 0) + 1;
    counts.set(pid, count);
    if (count === nth) return { thread, path };
  }
  return undefined;
}

/** Has this process come to its end in the log? Its threads end before it. */
export function isOverIn(log: string, pid: number): boolean {
  return new RegExp(`^${pid}<[^>]*> \\+\\+\\+ `, "mu").test(log);
}
