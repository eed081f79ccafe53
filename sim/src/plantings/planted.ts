import type { CheckName } from "../history/finding.ts";
import type { Planting } from "../planting.ts";

/** A bug that is planted on purpose, to see that it is found. */
export interface Planted {
  readonly name: string;
  readonly what: string;
  /** Checks that may be the first to find it. */
  readonly found: readonly CheckName[];
  /** Seeds within which it must be found. */
  readonly seedsMax: number;
  /** Anew for each run: what it remembers must not pass from one to the next. */
  plant(): Planting;
}
