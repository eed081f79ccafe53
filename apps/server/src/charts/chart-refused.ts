import type { ServerErrorCode } from "../server-error-code.ts";

/** A chart file that a server cannot take: its problems, each with line and column. */
export class ChartRefused extends Error {
  override readonly name = "ChartRefused";
  readonly code = "chart_refused" satisfies ServerErrorCode;
}
