/**
 * Turns what a chart was given and what it answered, both JSON lines, into lines for people. The shapes are those of
 * `swoosh chart run`: one answer for the beginning, then one for each line given.
 */
export interface Scene {
  readonly given: string;
  readonly accepted: boolean;
  /** What came of it, in words; several changes, most telling first. */
  readonly outcome: readonly string[];
}

export function tellStory(events: string, answers: string): readonly Scene[] {
  const given = linesOf(events).filter((line) => !line.startsWith("//"));
  const [first, ...rest] = linesOf(answers).map(readAnswer);
  let before = first ?? NOTHING;
  return rest.map((answer, index) => {
    const scene = {
      given: describeGiven(given[index] ?? ""),
      accepted: answer.accepted,
      outcome: answer.accepted ? describeChange(before, answer) : [describeRefusal(answer)],
    };
    if (answer.accepted) before = answer;
    return scene;
  });
}

interface Answer {
  readonly accepted: boolean;
  readonly configuration: readonly string[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly effects: readonly unknown[];
  readonly closed: readonly unknown[];
  readonly ended: boolean;
  readonly code: string;
  readonly reasons: readonly string[];
}

const NOTHING: Answer = {
  accepted: true,
  configuration: [],
  context: {},
  effects: [],
  closed: [],
  ended: false,
  code: "",
  reasons: [],
};

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function readAnswer(line: string): Answer {
  const value = asRecord(JSON.parse(line));
  return {
    accepted: value["accepted"] === true,
    configuration: asList(value["configuration"]).map(String),
    context: asRecord(value["context"]),
    effects: asList(value["effects"]),
    closed: asList(value["closed"]),
    ended: value["ended"] === true,
    code: String(value["code"]),
    reasons: asList(value["reasons"]).map(String),
  };
}

function describeGiven(line: string): string {
  const value = asRecord(parseOrUndefined(line));
  if (typeof value["transition"] === "string") {
    const inputs = value["inputs"] === undefined ? "" : ` ${JSON.stringify(value["inputs"])}`;
    return `${value["transition"]}${inputs}`;
  }
  if (typeof value["tick"] === "number") return `(${value["tick"] / 1000} s pass)`;
  if (typeof value["beat"] === "number") return `(beat ${value["beat"]})`;
  if (value["reads"] === undefined) return line;
  const reads = Object.entries(asRecord(value["reads"])).map(([name, read]) => {
    const configuration = asList(asRecord(read)["configuration"]).map(String);
    return `${name} is ${configuration.join(", ") || "absent"}`;
  });
  return `(${reads.join("; ")})`;
}

function describeChange(before: Answer, after: Answer): readonly string[] {
  const changes: string[] = [];
  const entered = after.configuration.filter((state) => !before.configuration.includes(state));
  if (entered.length > 0) changes.push(`now in ${entered.join(", ")}`);
  for (const [key, value] of Object.entries(after.context)) {
    const text = JSON.stringify(value);
    if (text !== JSON.stringify(before.context[key])) changes.push(`${key} = ${text}`);
  }
  for (const effect of after.effects) {
    const { owner, effect: name } = asRecord(effect);
    changes.push(`asks ${String(owner)} for ${String(name)}`);
  }
  if (after.closed.length > 0) changes.push(`closes ${after.closed.map(String).join(", ")}`);
  if (after.ended) changes.push("the instance has ended");
  return changes.length > 0 ? changes : ["nothing changes"];
}

function describeRefusal(answer: Answer): string {
  return `${answer.code}: ${answer.reasons.join("; ")}`;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line that is no JSON is shown as it stands: the answer says what is wrong with it.
    return undefined;
  }
}
