import type { FileReading, Place } from "@swoosh/gates";
import { PATH_LENGTH_MAX, PIN_LENGTH_MAX, TOOL_LENGTH_MAX, TOOLS_MAX } from "./limits.ts";
import type { ProjectTool, ToolServer } from "./project-plan.ts";
import { commandIn, nameIn, notMoreThan } from "./read-words.ts";

/** The servers of tools that the file asks for. */
export function readTools(reading: FileReading, root: Place): readonly ProjectTool[] {
  notMoreThan(reading, root, "tools", TOOLS_MAX);
  return reading.maps(root, "tools").flatMap((place) => {
    reading.knows(place, ["name", "pin", "run", "url"]);
    const name = nameIn(reading, place, "name", TOOL_LENGTH_MAX);
    const pin = readPin(reading, place);
    const server = readServer(reading, place);
    return server === undefined ? [] : [{ name, pin, server }];
  });
}

function readPin(reading: FileReading, place: Place): string {
  const pin = reading.version(place, "pin") ?? "";
  if (pin !== "" && (!/^[A-Za-z0-9.+_-]+$/.test(pin) || pin.length > PIN_LENGTH_MAX))
    reading.error(
      "not_a_version",
      [...place.path, "pin"],
      `"${pin}" is no version; at most ${PIN_LENGTH_MAX} letters, digits and . + _ -`,
    );
  return pin;
}

function readServer(reading: FileReading, place: Place): ToolServer | undefined {
  const hasRun = place.value["run"] !== undefined;
  const hasUrl = place.value["url"] !== undefined;
  if (hasRun === hasUrl) {
    const message = hasRun
      ? "a tool has run or url, not both"
      : "a tool says how to reach it: run (a program that speaks over its standard streams) or url (streamable HTTP)";
    reading.error("missing", place.path, message);
    return undefined;
  }
  if (hasRun) {
    const run = commandIn(reading, place, { required: true });
    return run === undefined ? undefined : { kind: "stdio", run };
  }
  const url = reading.text(place, "url", { lengthMax: PATH_LENGTH_MAX });
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol))
    reading.error("not_a_url", [...place.path, "url"], `"${url}" is no http or https URL`);
  else if (parsed.username !== "" || parsed.password !== "")
    reading.error(
      "has_credentials",
      [...place.path, "url"],
      "the URL holds credentials; a project file is stored and shown, so none may be in it",
    );
  return { kind: "http", url };
}
