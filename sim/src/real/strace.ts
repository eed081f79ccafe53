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
