import process from "node:process";

export interface StopSignal {
  /** Resolves with the signal that asks for the end. */
  readonly asked: Promise<string>;
  /** Listens no more. */
  forget(): void;
}

/**
 * SIGTERM and SIGINT ask for the end. SIGHUP has two meanings: a terminal that has gone ends what was started on it, and to
 * what has none it says that something is to be read again.
 */
export function listenForStop(given: {
  readonly isOnTerminal: boolean;
  readonly reload: () => void;
}): StopSignal {
  let stop: (signal: string) => void = () => {};
  const asked = new Promise<string>((resolve) => (stop = resolve));
  const hangUp = given.isOnTerminal ? () => stop("SIGHUP") : given.reload;
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.on("SIGHUP", hangUp);
  return {
    asked,
    forget: () => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      process.off("SIGHUP", hangUp);
    },
  };
}
