import type { FileReading, Place } from "@swoosh/gates";
import { COMMAND_LENGTH_MAX, COMMAND_WORDS_MAX, PATH_LENGTH_MAX, PATHS_MAX } from "./limits.ts";

const NAME = /^[A-Za-z0-9_-]+$/;
const DOTTED_NAME = /^[A-Za-z0-9_.-]+$/;

/** A required name; told where it is none. `dots`: these may be in it. */
export function nameIn(
  reading: FileReading,
  place: Place,
  key: string,
  lengthMax: number,
  dots: "dots" | "no dots" = "no dots",
): string {
  const name = reading.text(place, key, { required: true, lengthMax }) ?? "";
  const pattern = dots === "dots" ? DOTTED_NAME : NAME;
  const allowed = dots === "dots" ? "letters, digits, _, - and ." : "letters, digits, _ and -";
  if (name !== "" && !pattern.test(name))
    reading.error("not_a_name", [...place.path, key], `"${name}" is no name; it has ${allowed}`);
  return name;
}

/** A reference to a name; undefined where the key is absent. */
export function referenceIn(reading: FileReading, place: Place, key: string): string | undefined {
  return reading.text(place, key, { lengthMax: PATH_LENGTH_MAX });
}

export function notMoreThan(
  reading: FileReading,
  place: Place,
  key: string,
  countMax: number,
): void {
  const value = place.value[key];
  if (Array.isArray(value) && value.length > countMax)
    reading.error(
      "too_many",
      [...place.path, key],
      `${key} has ${value.length} items; at most ${countMax}`,
    );
}

/** Paths below the checkout: relative, with `/`, and without a step up. */
export function pathsIn(reading: FileReading, place: Place, key: string): readonly string[] {
  notMoreThan(reading, place, key, PATHS_MAX);
  const paths = reading.texts(place, key);
  for (const [at, path] of paths.entries()) {
    const wrong = whatIsWrongWithPath(path);
    if (wrong !== undefined)
      reading.error(
        "not_a_path",
        [...place.path, key, at],
        `"${path}" ${wrong}; write a path below the project's folder, like dist/report.json`,
      );
  }
  return paths;
}

function whatIsWrongWithPath(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.length > PATH_LENGTH_MAX)
    return `has ${path.length} characters, at most ${PATH_LENGTH_MAX}`;
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "is absolute";
  if (path.includes("\\")) return "has a backslash";
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u001f\u007f]/.test(path)) return "has a control character";
  const steps = path.split("/");
  if (steps.includes("..") || steps.includes("."))
    return 'has a step "." or ".." that leads elsewhere';
  if (steps[0] === ".git") return "is inside of .git";
  return undefined;
}

/** `run: "npm test"` runs in a shell, `run: [npm, test]` as it is; undefined: told, or absent where it may be. */
export function commandIn(
  reading: FileReading,
  place: Place,
  rule: { readonly required: boolean },
): readonly string[] | undefined {
  const value = place.value["run"];
  if (!Array.isArray(value)) {
    const text = reading.text(place, "run", {
      required: rule.required,
      lengthMax: COMMAND_LENGTH_MAX,
    });
    return text === undefined || text === "" ? undefined : ["sh", "-c", text];
  }
  notMoreThan(reading, place, "run", COMMAND_WORDS_MAX);
  const words = reading.texts(place, "run");
  if (words.length === 0 && value.length === 0)
    reading.error(
      "empty",
      [...place.path, "run"],
      "run is empty; it begins with the name of a program",
    );
  if (words[0] === "")
    reading.error("empty", [...place.path, "run", 0], "the name of the program is empty");
  for (const [at, word] of words.entries())
    if (word.length > COMMAND_LENGTH_MAX || word.includes("\0"))
      reading.error(
        "not_a_word",
        [...place.path, "run", at],
        `this word has ${word.length} characters; at most ${COMMAND_LENGTH_MAX}, and no NUL`,
      );
  return words;
}
