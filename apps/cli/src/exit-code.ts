/** Exit codes of every command (the process contract). */
export const EXIT = {
  ok: 0,
  /** The answer is no: refused, failed check, differences found. */
  no: 1,
  usage: 2,
  /** The world failed: cannot read, write or reach. */
  world: 3,
  /** Fenced or corrupt. */
  fenced: 4,
  /** What we were asked to run could not be prepared; as a shell says that it cannot execute. */
  cannotRun: 126,
  /** A command that we were asked to run does not exist; as a shell says it. */
  notFound: 127,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
