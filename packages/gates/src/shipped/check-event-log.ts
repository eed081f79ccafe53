import { checkShape, type Shape } from "./check-shape.ts";
import type { Finding, SourceText } from "./finding.ts";

/** JSON lines, each of the given shape; `monotone` names a field that must grow from line to line. An empty log proves nothing, so it fails. */
export function checkEventLog(
  log: SourceText,
  rules: { readonly shape: Shape; readonly monotone: string | null },
): readonly Finding[] {
  const findings: Finding[] = [];
  const lines = log.text.split("\n");
  let events = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, line] of lines.entries()) {
    const tell = (message: string): void => {
      findings.push({ file: log.path, line: index + 1, message });
    };
    if (line === "" && index === lines.length - 1) continue;
    if (line.trim() === "") {
      tell("is empty; every line is an event");
      continue;
    }
    const event = parse(line);
    if (event === undefined) {
      tell(
        index === lines.length - 1
          ? "is cut off: the last event was not written whole"
          : "is no JSON",
      );
      continue;
    }
    events += 1;
    for (const problem of checkShape(event.value, rules.shape, "event")) tell(problem);
    if (rules.monotone === null) continue;
    const number = fieldOf(event.value, rules.monotone);
    if (typeof number !== "number") tell(`event.${rules.monotone} is no number`);
    else if (number <= last)
      tell(`event.${rules.monotone} is ${number} after ${last}; it must grow`);
    else last = number;
  }
  if (events === 0)
    findings.push({
      file: log.path,
      line: null,
      message: "holds no event; an empty log proves nothing",
    });
  return findings;
}

function parse(line: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(line) };
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
