import type { FileReading, Place } from "@swoosh/gates";
import { GATE_LENGTH_MAX, GATES_MAX, PATHS_MAX } from "./limits.ts";
import type { TaskGate } from "@swoosh/guards";
import { nameIn, notMoreThan, pathsIn } from "./read-words.ts";

const EXIT_MAX = 255;

/** The gates that the file names. */
export function readGates(reading: FileReading, root: Place): readonly TaskGate[] {
  notMoreThan(reading, root, "gates", GATES_MAX);
  return reading.maps(root, "gates").map((place) => {
    reading.knows(place, ["name", "exit", "files", "contains", "lacks"]);
    return {
      name: nameIn(reading, place, "name", GATE_LENGTH_MAX),
      exit: reading.integer(place, "exit", { least: 0, most: EXIT_MAX }) ?? 0,
      files: pathsIn(reading, place, "files"),
      contains: outputTexts(reading, place, "contains"),
      lacks: outputTexts(reading, place, "lacks"),
    };
  });
}

function outputTexts(reading: FileReading, place: Place, key: string): readonly string[] {
  notMoreThan(reading, place, key, PATHS_MAX);
  const texts = reading.texts(place, key);
  for (const [at, text] of texts.entries())
    if (text === "")
      reading.error("empty", [...place.path, key, at], `an empty text is in every output`);
  return texts;
}
