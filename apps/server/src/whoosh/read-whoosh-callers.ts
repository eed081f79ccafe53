import { FileReading } from "@swoosh/gates";
import { SettingProblem } from "../settings/setting-problem.ts";
import type { WhooshTable } from "./whoosh-table.ts";

/** Who may call: by the hash of its token, which nobody but the caller has. */
export interface WhooshCaller {
  readonly name: string;
  /** `sha256-<64 hex>` of the bearer token. */
  readonly token: string;
  /** Names of the rows that it may use. */
  readonly rows: ReadonlySet<string>;
}

const TOKEN = /^sha256-[0-9a-f]{64}$/u;
const NAME_LENGTH_MAX = 40;

/** Reads the callers' file. Throws `SettingProblem` with everything that is wrong, each with its place. */
export function readWhooshCallers(
  text: string,
  file: string,
  table: WhooshTable,
): readonly WhooshCaller[] {
  const reading = new FileReading(text, "a list of callers");
  const { root } = reading;
  const known = table.rows.map(({ name }) => name);
  const callers: WhooshCaller[] = [];
  if (root !== undefined) reading.knows(root, ["callers"]);
  for (const place of root === undefined ? [] : reading.maps(root, "callers")) {
    reading.knows(place, ["name", "token", "rows"]);
    const name = reading.name(place, "name", NAME_LENGTH_MAX);
    const token = reading.text(place, "token", { required: true });
    if (token !== undefined && !TOKEN.test(token))
      reading.error(
        "not_a_hash",
        [...place.path, "token"],
        "token is no sha256-<64 hex>; write the SHA-256 of the token, not the token",
      );
    const rows = place.value["rows"] === undefined ? known : reading.texts(place, "rows");
    for (const row of rows)
      if (!known.includes(row))
        reading.error(
          "unknown_row",
          [...place.path, "rows"],
          `${row} is no row of ${table.file}; known are ${known.join(", ")}`,
        );
    if (callers.some((one) => one.name === name || one.token === token))
      reading.error("twice", place.path, "this name or this token is there before");
    if (name !== undefined && token !== undefined)
      callers.push({ name, token, rows: new Set(rows) });
  }
  const problems = reading.sorted();
  if (problems.length > 0)
    throw new SettingProblem(
      problems
        .map(({ line, column, message }) => `${file}:${line ?? 1}:${column ?? 1} ${message}`)
        .join("\n"),
    );
  return callers;
}
