/** One line about what happened. `debug` and `info` are for reading along, `warn` wants a look, `error` wants a hand. */
export type LogLevel = "debug" | "info" | "warn" | "error";

export type Log = (
  level: LogLevel,
  message: string,
  context?: Readonly<Record<string, unknown>>,
) => void;
