import { chmodSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CapturedConsole } from "./test/captured-console.ts";
import { runSwoosh } from "./test/run-swoosh.ts";
import { temporaryFolder } from "./test/temporary-folder.ts";

const EXAMPLE = fileURLToPath(
  new URL("../../../examples/order/example-chart.yaml", import.meta.url),
);
const TEXT = readFileSync(EXAMPLE, "utf8");
const folder = temporaryFolder();

const DOOR = `chart: door
version: 1
initial: CLOSED
states:
  CLOSED: { on: { Door_Open: { target: OPEN } } }
  OPEN: { on: { Door_Close: { target: CLOSED } } }
transitions: { Door_Open: { by: [client] }, Door_Close: { by: [client] } }
`;

const broken = folder.write("broken.yaml", TEXT.replace("{ target: HELD }", "{ target: HLED }"));
const door = folder.write("door.yaml", DOOR);

describe("chart check", () => {
  it("says that a clean chart is clean, with its hash", async () => {
    const { code, out, err } = await runSwoosh(["chart", "check", door]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^\S+door\.yaml: clean \(door version 1, 3 states, sha256-[0-9a-f]{64}\)\n$/,
    );
  });

  it("shows each problem with its line and a caret, and exits 1", async () => {
    const { code, out, err } = await runSwoosh(["chart", "check", broken]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(out).toContain(
      `${broken}:69:37: error: "HLED": Control has no state "HLED"; did you mean "HELD"? [unknown_state]\n` +
        "   69 |         on: { Order_Hold: { target: HLED } }\n" +
        "      |                                     ^\n",
    );
    expect(out).toMatch(/broken\.yaml: 1 error, 1 note\n$/);
  });

  it("checks every file, and is clean only if all are", async () => {
    const { code, out } = await runSwoosh(["chart", "check", broken, door]);
    expect(code).toBe(1);
    expect(out).toContain("1 error, 1 note");
    expect(out).toContain("door.yaml: clean");
  });

  it("says nothing about clean charts with --quiet", async () => {
    expect(await runSwoosh(["chart", "check", "--quiet", door])).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    expect((await runSwoosh(["chart", "check", "--quiet", broken])).out).toContain("HLED");
  });

  it("gives one object a line with --json", async () => {
    const { code, out } = await runSwoosh(["chart", "check", "--json", door, broken]);
    expect(code).toBe(1);
    const [first, second, ...others] = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      chart: "door",
      clean: true,
      file: door,
      problems: [],
      version: 1,
    });
    expect(second).toMatchObject({ chart: null, clean: false, file: broken, hash: null });
    expect(second.problems[1]).toMatchObject({
      code: "unknown_state",
      line: 69,
      column: 37,
      severity: "error",
      trace: [],
    });
  });

  it("types reads of charts that are checked with it", async () => {
    const reader = folder.write(
      "reader.yaml",
      DOOR.replace("chart: door", `chart: reader\nreads: { other: "'door/main'" }`)
        .replace("{ target: OPEN }", "{ target: OPEN, guards: [shut] }")
        .concat(`guards: { shut: { when: "reads.other == null", reason: "no" } }\n`),
    );
    expect((await runSwoosh(["chart", "check", reader])).out).toContain("untyped_read");
    const both = await runSwoosh(["chart", "check", reader, door]);
    expect(both.code).toBe(0);
    expect(both.out).not.toContain("untyped_read");
  });

  it("lists findings of loading and of the model check in the order of the file", async () => {
    const lost = TEXT.replace(
      "      CLOSED: { type: final }",
      "      LOST: {}\n      CLOSED: { type: final }",
    );
    const { out } = await runSwoosh(["chart", "check", folder.write("lost.yaml", lost)]);
    const lines = [...out.matchAll(/lost\.yaml:(\d+):\d+: /g)].map(([, line]) => Number(line));
    expect(lines).toEqual([16, 74]);
  });
});

describe("what a file holds never drives the terminal", () => {
  it("shows control characters, hidden marks and line ends as escapes", async () => {
    const hostile = folder.write(
      "hostile.yaml",
      TEXT.replace("{ target: HELD }", '{ target: "\\e]0;a\\aH\\nL\\u202ED\\uFEFF\\u009b" }'),
    );
    const { out } = await runSwoosh(["chart", "check", hostile]);
    expect(out).toContain(
      String.raw`"\u001b]0;a\u0007H\u000aL\u202eD\ufeff\u009b": Control has no state`,
    );
    // oxlint-disable-next-line no-control-regex -- what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ufeff]/);
  });

  it("cuts names that go on for ever", async () => {
    const long = folder.write(
      "long.yaml",
      TEXT.replace("{ target: HELD }", `{ target: ${"H".repeat(5000)} }`),
    );
    const { out } = await runSwoosh(["chart", "check", long]);
    expect(out).toContain(`"${"H".repeat(79)}…"`);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThan(500);
  });

  it("shows the part of a long line that matters", async () => {
    const long = folder.write(
      "column.yaml",
      TEXT.replace("{ target: HELD }", `${" ".repeat(3000)}{ target: HLED }`),
    );
    const { out } = await runSwoosh(["chart", "check", long]);
    const [, excerpt = "", caret = ""] = /^ +69 \| (.*)\n +\| (.*)$/m.exec(out) ?? [];
    expect(excerpt.slice(caret.length - 1)).toMatch(/^HLED/);
  });

  it("puts the caret below the character it means, wide ones before it", async () => {
    const wide = folder.write(
      "wide.yaml",
      TEXT.replace('"context.items.size() > 0"', `"'注文😀e\u0301' == context.foo"`),
    );
    const { out } = await runSwoosh(["chart", "check", wide]);
    const [, excerpt = "", caret = ""] = /^ +88 \| (.*)\n +\| (.*)$/m.exec(out) ?? [];
    // Two columns each for 注, 文 and 😀, none for the accent.
    const columns = excerpt.slice(0, excerpt.indexOf("foo")).length + 2 - 1;
    expect(caret.length - 1).toBe(columns);
  });
});

describe("colours", () => {
  it("are there where the console wants them", async () => {
    const { out } = await runSwoosh(
      ["chart", "check", broken],
      new CapturedConsole({ colour: true }),
    );
    expect(out).toContain("\u001b[31;1merror\u001b[0m");
    expect((await runSwoosh(["chart", "check", broken])).out).not.toContain("\u001b");
  });
});

describe("files that cannot be read", () => {
  const bytes = folder.write("bytes.yaml", new Uint8Array([0x63, 0xff, 0xfe, 0x00]));
  const huge = folder.write("huge.yaml", "#".repeat(131_073));
  const secret = folder.write("secret.yaml", DOOR);
  chmodSync(secret, 0o000);
  const commands = [
    ["check"],
    ["show"],
    ["export", "--format", "scxml"],
    ["types"],
    ["run", "--events", "-"],
  ];

  it.each(commands)("chart %s", async (...command) => {
    const tell = async (file: string) => runSwoosh(["chart", ...command, file]);
    expect(await tell("nowhere.yaml")).toEqual({
      code: 3,
      out: "",
      err: "swoosh: cannot read nowhere.yaml: there is no such file; check the path\n",
    });
    expect(await tell(dirname(bytes))).toMatchObject({
      code: 3,
      err: expect.stringContaining("it is a folder; name a file in it"),
    });
    expect(await tell(bytes)).toMatchObject({
      code: 3,
      err: `swoosh: ${bytes}: not UTF-8 text; save it as UTF-8\n`,
    });
    expect(await tell(huge)).toMatchObject({
      code: 3,
      err: `swoosh: ${huge}: larger than 131072 bytes, the most that is read here; give a smaller file\n`,
    });
    // Root reads everything, whatever the mode.
    if (process.getuid?.() === 0) return;
    expect(await tell(secret)).toMatchObject({
      code: 3,
      err: `swoosh: cannot read ${secret}: permission denied; check the file's mode\n`,
    });
  });

  it("chart diff, either side", async () => {
    expect(await runSwoosh(["chart", "diff", door, "nowhere.yaml"])).toMatchObject({ code: 3 });
    expect(await runSwoosh(["chart", "diff", "nowhere.yaml", door])).toMatchObject({ code: 3 });
  });
});

describe("charts that do not load", () => {
  const commands = [
    ["show"],
    ["show", "--normal"],
    ["export", "--format", "xstate"],
    ["types"],
    ["run"],
  ];

  it.each(commands)("chart %s %s", async (...command) => {
    const { code, out, err } = await runSwoosh(["chart", ...command, broken]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain('"HLED": Control has no state');
    expect(err).toMatch(/broken\.yaml: 1 error, 1 note\n$/);
  });

  it("chart diff", async () => {
    expect(await runSwoosh(["chart", "diff", broken, door])).toMatchObject({ code: 1, out: "" });
    expect(await runSwoosh(["chart", "diff", door, broken])).toMatchObject({ code: 1, out: "" });
  });
});

describe("chart show", () => {
  it("prints a diagram, the normal form, or an object of either", async () => {
    const diagram = await runSwoosh(["chart", "show", door]);
    expect(diagram).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringContaining("stateDiagram"),
    });
    const normal = await runSwoosh(["chart", "show", "--normal", door]);
    expect(JSON.parse(normal.out)).toMatchObject({ chart: "door", version: 1 });
    const object = await runSwoosh(["chart", "show", "--json", door]);
    expect(JSON.parse(object.out)).toMatchObject({
      chart: "door",
      mermaid: diagram.out,
      hash: expect.stringMatching(/^sha256-/),
    });
    const both = await runSwoosh(["chart", "show", "--json", "--normal", door]);
    expect(JSON.parse(both.out)).toMatchObject({ normal: JSON.parse(normal.out) });
  });
});

describe("chart diff", () => {
  const renamed = folder.write("titled.yaml", `${DOOR}title: A door\n`);
  const changed = folder.write(
    "changed.yaml",
    DOOR.replace("Door_Open: { by: [client] }", "Door_Open: { by: [operator] }"),
  );

  it("says that nothing changed in meaning, and exits 0", async () => {
    expect(await runSwoosh(["chart", "diff", door, renamed])).toEqual({
      code: 0,
      out: "no difference in meaning\n",
      err: "",
    });
    const json = await runSwoosh(["chart", "diff", "--json", door, renamed]);
    expect(JSON.parse(json.out)).toMatchObject({ differences: [] });
  });

  it("says what changed, and exits 1", async () => {
    const { code, out } = await runSwoosh(["chart", "diff", door, changed]);
    expect(code).toBe(1);
    expect(out).toContain("Door_Open");
    const json = await runSwoosh(["chart", "diff", "--json", door, changed]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out).differences).not.toHaveLength(0);
  });
});

describe("chart export, import and types", () => {
  it.each([
    ["xstate", '"initial": "CLOSED"'],
    ["scxml", "<scxml"],
    ["mermaid", "stateDiagram"],
  ])("prints %s", async (format, words) => {
    const { code, out, err } = await runSwoosh(["chart", "export", "--format", format, door]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(words);
  });

  it("takes back what it has exported", async () => {
    const { out } = await runSwoosh(["chart", "export", "--format", "xstate", door]);
    const imported = await runSwoosh(["chart", "import", folder.write("door.json", out)]);
    expect(imported).toMatchObject({ code: 0, err: "" });
    const back = folder.write("back.yaml", imported.out);
    expect(await runSwoosh(["chart", "diff", door, back])).toMatchObject({ code: 0 });
  });

  it("says where a machine is no JSON, and what of it no chart can hold", async () => {
    const text = folder.write("machine.json", '{\n  "id": door }');
    expect(await runSwoosh(["chart", "import", text])).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(/^\S+machine\.json:2:9: not JSON: "door/),
    });
    const odd = folder.write(
      "odd.json",
      '{"id":"d","initial":"A","states":{"A":{"invoke":{"src":"x\\u001b[31m"}}}}',
    );
    const refused = await runSwoosh(["chart", "import", odd]);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("states.A");
    expect(refused.err).not.toContain("\u001b");
    expect(await runSwoosh(["chart", "import", "nowhere.json"])).toMatchObject({ code: 3 });
  });

  it("prints TypeScript", async () => {
    const { code, out } = await runSwoosh(["chart", "types", door]);
    expect(code).toBe(0);
    expect(out).toContain("Door_Open");
  });
});

describe("chart run", () => {
  const lines = [
    '{"transition":"Door_Open"}',
    "// a comment",
    "",
    "nonsense",
    '{"transition":"Door_Close"}',
  ];

  it("answers each line of standard input, and no comment", async () => {
    const { code, out, err } = await runSwoosh(
      ["chart", "run", door],
      new CapturedConsole({ stdin: lines }),
    );
    const answers = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(answers.map(({ configuration }) => configuration)).toEqual([
      ["CLOSED"],
      ["OPEN"],
      ["OPEN"],
      ["CLOSED"],
    ]);
    expect(answers[2]).toMatchObject({
      accepted: false,
      code: "malformed",
      reasons: ['line 4: not JSON: "nonsense" stands at column 1 where a value is expected'],
    });
  });

  it("plays a file the same, whatever its line ends", async () => {
    const typed = await runSwoosh(["chart", "run", door], new CapturedConsole({ stdin: lines }));
    for (const end of ["\n", "\r\n"]) {
      const file = folder.write("events.jsonl", lines.join(end));
      expect(await runSwoosh(["chart", "run", door, "--events", file])).toEqual(typed);
    }
  });

  it("tells a person at a terminal what to type, and nobody else", async () => {
    const person = await runSwoosh(
      ["chart", "run", door],
      new CapturedConsole({ isTerminal: true }),
    );
    expect(person.err).toContain("Ctrl-D ends");
    expect((await runSwoosh(["chart", "run", door])).err).not.toContain("Ctrl-D");
  });

  it("ends when its reader has gone, however much there is to play", async () => {
    const port = new CapturedConsole({ stdin: lines, writesMax: 2 });
    const { code, out } = await runSwoosh(["chart", "run", door], port);
    expect({ code, lines: out.trimEnd().split("\n").length }).toEqual({ code: 0, lines: 2 });
  });

  it("plays charts that are not clean, and says so on standard error", async () => {
    const stuck = folder.write(
      "stuck.yaml",
      DOOR.replace("{ on: { Door_Close: { target: CLOSED } } }", "{}").replace(
        ", Door_Close: { by: [client] }",
        "",
      ),
    );
    const { code, err } = await runSwoosh(["chart", "run", stuck]);
    expect(code).toBe(0);
    expect(err).toContain("[deadlock]");
  });

  it("refuses a chart and events from one input", async () => {
    expect(await runSwoosh(["chart", "run", "-"])).toEqual({
      code: 2,
      out: "",
      err: "swoosh: chart and events cannot both come from standard input; use --events FILE\n",
    });
  });

  it("says that the events cannot be read before anything is played", async () => {
    expect(await runSwoosh(["chart", "run", door, "--events", "nowhere.jsonl"])).toEqual({
      code: 3,
      out: "",
      err: "swoosh: cannot read nowhere.jsonl: there is no such file; check the path\n",
    });
  });
});
