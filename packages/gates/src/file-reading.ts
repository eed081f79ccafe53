import type { Json, JsonObject } from "@swoosh/kernel/values";
import { parseYaml } from "@swoosh/kernel/yaml";
import { parseDuration } from "./duration.ts";
import type { FileProblem } from "./file-problem.ts";
import { GATES_FILE_BYTES_MAX } from "./limits.ts";

type Path = readonly (string | number)[];

/** A map of the file and where it stands. */
export interface Place {
  readonly value: JsonObject;
  readonly path: Path;
}

/** Reads one YAML file into what a program wants of it; every problem is told at once, each with its place. */
export class FileReading {
  readonly problems: FileProblem[] = [];
  readonly #positions: ReturnType<typeof parseYaml>["positions"];
  readonly root: Place | undefined;

  /** `what`: what the file is, for the message that it is something else. */
  constructor(text: string, what: string) {
    const parsed = parseYaml(text, { bytesMax: GATES_FILE_BYTES_MAX });
    this.#positions = parsed.positions;
    for (const { message, path, line, column } of parsed.problems)
      this.problems.push({ severity: "error", code: "yaml", message, path, line, column });
    const value = parsed.value;
    if (value === undefined) return;
    if (isObject(value)) this.root = { value, path: [] };
    else this.error("not_a_map", [], `the file is ${describe(value)}; ${what} is a map`);
  }

  error(code: string, path: Path, message: string, spot: "key" | "value" = "value"): void {
    this.#add("error", code, path, message, spot);
  }

  warn(code: string, path: Path, message: string, spot: "key" | "value" = "value"): void {
    this.#add("warning", code, path, message, spot);
  }

  /** Tells every key that is not among `names`. */
  knows(place: Place, names: readonly string[]): void {
    for (const key of Object.keys(place.value)) {
      if (names.includes(key)) continue;
      const message = `unknown key "${key}"; known are ${names.join(", ")}`;
      this.error("unknown_key", [...place.path, key], message, "key");
    }
  }

  map(place: Place, key: string): Place | undefined {
    const value = place.value[key];
    if (value === undefined) return undefined;
    if (isObject(value)) return { value, path: [...place.path, key] };
    this.error(
      "not_a_map",
      [...place.path, key],
      `${key} is ${describe(value)}; a map is expected`,
    );
    return undefined;
  }

  /** The items of a list that are maps; others are told. Absent: none. */
  maps(place: Place, key: string): readonly Place[] {
    return this.#items(place, key).flatMap(({ value, path }) => {
      if (isObject(value)) return [{ value, path }];
      this.error("not_a_map", path, `${describe(value)}; a map is expected`);
      return [];
    });
  }

  texts(place: Place, key: string): readonly string[] {
    return this.#items(place, key).flatMap(({ value, path }) => {
      if (typeof value === "string") return [value];
      this.error("not_a_text", path, `${describe(value)}; a text is expected`);
      return [];
    });
  }

  #items(place: Place, key: string): readonly { readonly value: Json; readonly path: Path }[] {
    const value = place.value[key];
    if (value === undefined) return [];
    const at = [...place.path, key];
    if (Array.isArray(value))
      return value.map((item: Json, index) => ({ value: item, path: [...at, index] }));
    this.error("not_a_list", at, `${key} is ${describe(value)}; a list is expected`);
    return [];
  }

  /** undefined: absent, or told. */
  text(
    place: Place,
    key: string,
    rule: { readonly required?: boolean; readonly lengthMax?: number } = {},
  ): string | undefined {
    const value = place.value[key];
    const at = [...place.path, key];
    if (value === undefined) {
      if (rule.required === true)
        this.error("missing", place.path, `${key} is missing; a text is expected`);
      return undefined;
    }
    if (typeof value !== "string") {
      this.error(
        "not_a_text",
        at,
        `${key} is ${describe(value)}; a text is expected (put it in quotes)`,
      );
      return undefined;
    }
    const lengthMax = rule.lengthMax ?? 4_096;
    if (value === "") this.error("empty", at, `${key} is empty`);
    if ([...value].length > lengthMax)
      this.error(
        "too_long",
        at,
        `${key} has ${[...value].length} characters; at most ${lengthMax}`,
      );
    return value;
  }

  /** A version may be written as a number or as a text. */
  version(place: Place, key: string): string | undefined {
    const value = place.value[key];
    return typeof value === "number" ? String(value) : this.text(place, key, { lengthMax: 40 });
  }

  name(place: Place, key: string, lengthMax: number): string | undefined {
    const value = this.text(place, key, { required: true, lengthMax });
    if (value === undefined || value === "") return undefined;
    if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value)) return value;
    const message = `"${value}" is no name; lower-case words and digits joined by single hyphens, like clean-boot`;
    this.error("not_a_name", [...place.path, key], message);
    return undefined;
  }

  integer(
    place: Place,
    key: string,
    bounds: { readonly least: number; readonly most: number; readonly required?: boolean },
  ): number | undefined {
    const value = place.value[key];
    const at = [...place.path, key];
    if (value === undefined) {
      if (bounds.required === true)
        this.error("missing", place.path, `${key} is missing; an integer is expected`);
      return undefined;
    }
    if (typeof value === "number" && value >= bounds.least && value <= bounds.most) return value;
    this.error(
      "not_in_range",
      at,
      `${key} is ${describe(value)}; an integer from ${bounds.least} to ${bounds.most} is expected`,
    );
    return undefined;
  }

  boolean(place: Place, key: string): boolean | undefined {
    const value = place.value[key];
    if (value === undefined || typeof value === "boolean") return value;
    this.error(
      "not_a_boolean",
      [...place.path, key],
      `${key} is ${describe(value)}; true or false is expected`,
    );
    return undefined;
  }

  /** ms. */
  duration(place: Place, key: string, most: number): number | undefined {
    const value = place.value[key];
    if (value === undefined) return undefined;
    const at = [...place.path, key];
    const ms = typeof value === "string" ? parseDuration(value) : undefined;
    if (ms === undefined)
      this.error(
        "not_a_duration",
        at,
        `${key} is ${describe(value)}; a duration like 500ms, 60s, 5m, 12h, 7d or 2w is expected`,
      );
    else if (ms < 1 || ms > most) {
      this.error(
        "not_in_range",
        at,
        `${key} is ${describe(value)}; at least 1ms and at most ${most} ms`,
      );
      return undefined;
    }
    return ms;
  }

  oneOf<T extends string>(place: Place, key: string, choices: readonly T[]): T | undefined {
    const value = place.value[key];
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined)
      this.error(
        "unknown_value",
        [...place.path, key],
        `${key} is ${describe(value)}; one of ${choices.join(", ")} is expected`,
      );
    return found;
  }

  /** 1-based line where something stands. */
  lineOf(path: Path): number {
    return this.#positions.value(path).line;
  }

  /** In order of the file. */
  sorted(): readonly FileProblem[] {
    return [...this.problems].sort(
      (one, other) =>
        (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
    );
  }

  #add(
    severity: FileProblem["severity"],
    code: string,
    path: Path,
    message: string,
    spot: "key" | "value",
  ): void {
    const { line, column } =
      spot === "key" ? this.#positions.key(path) : this.#positions.value(path);
    this.problems.push({ severity, code, message, path, line, column });
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "string") return `"${value.slice(0, 60)}"`;
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a map";
  return String(value);
}
