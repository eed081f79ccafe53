import { describe, expect, it } from "vitest";
import { checkCompression } from "./check-compression.ts";
import { checkContracts, type Contract, type LockedContract } from "./check-contracts.ts";
import { auditDependencies, checkLicences, LICENCES_ALLOWED } from "./check-dependencies.ts";
import { checkDocstrings } from "./check-docstrings.ts";
import { checkDocuments } from "./check-documents.ts";
import { checkDrift } from "./check-drift.ts";
import { checkEventLog } from "./check-event-log.ts";
import { checkLinks } from "./check-links.ts";
import { checkParameters } from "./check-parameters.ts";
import { checkPerformance, counterDraw } from "./check-performance.ts";
import { checkSecrets } from "./check-secrets.ts";
import { checkShape, unknownKeywords } from "./check-shape.ts";
import type { Finding } from "./finding.ts";
import { SEEDED_TROUBLESHOOTING } from "../troubleshooting.ts";

/** A gate, what it says of a clean tree, and what it says of each planted defect. */
function gate(
  name: string,
  clean: () => readonly Finding[],
  defects: Readonly<Record<string, () => readonly Finding[]>>,
): void {
  describe(`${name}`, () => {
    it("raises no alarm on a clean tree", () => {
      expect(clean()).toEqual([]);
    });
    it("has five planted defects at least", () => {
      expect(Object.keys(defects).length).toBeGreaterThanOrEqual(5);
    });
    it.each(Object.keys(defects))("catches: %s", (defect) => {
      expect(defects[defect]?.().length).toBeGreaterThan(0);
    });
  });
}

const file = (path: string, text: string) => [{ path, text }];
/** Written in parts, so that this file holds no secret itself. */
const join = (...parts: readonly string[]): string => parts.join("");

gate(
  "secret scan",
  () => [
    ...checkSecrets(
      file(
        "a.ts",
        'const password = readPassword();\nconst token = "placeholder-token";\napiKey: process.env.API_KEY\n',
      ),
    ),
    ...checkSecrets(
      file(
        "b.md",
        "set PASSWORD=<your password>, TOKEN=xxxxxxxxxxxxxxxx and sha256-0123456789abcdef",
      ),
    ),
    ...checkSecrets(
      file("c.ts", `const sample = "${join("AKIA", "IOSFODNN7EXAMPLE")}"; // allow-secret`),
    ),
    ...checkSecrets(
      file("d.ts", join("/-----BEGIN ", "PRIVATE KEY-----([^-]*)-----END/.exec(pem)")),
    ),
    ...checkSecrets(file("e.md", join("it lacks -----BEGIN ", "PRIVATE KEY-----; contains words"))),
    ...checkSecrets(file("f.ts", 'const address = "ucxl://agent:role-of-agent@project:task/*^/";')),
    ...checkSecrets(file("g.ts", "const url = `postgres://app:${password}@db/app`;")),
    ...checkSecrets(file("h.yaml", join("token: ", `"sha256-${"9f86d081".repeat(8)}"`))),
    ...checkSecrets(file("i.ts", 'token: `sha256-${sha256(`12-of-${name}`)}`, token: "a-${b1}-2"')),
    ...checkSecrets(
      file(
        "j.json",
        join('{"about":"allow-secrets-in-', 'this-file","k":"ghp_', "a1".repeat(18), '"}'),
      ),
    ),
  ],
  {
    "a private key": () =>
      checkSecrets(file("k.pem", join("-----BEGIN ", "PRIVATE KEY-----\nMC4CAQAw\n"))),
    "a private key in a string": () =>
      checkSecrets(
        file("k.ts", join("`-----BEGIN ", "PRIVATE KEY-----\\n` +\n  `MC4CAQAwBQYDK2Vw\\n`")),
      ),
    "an encrypted key": () =>
      checkSecrets(
        file(
          "k.pem",
          join("-----BEGIN RSA ", "PRIVATE KEY-----\nDEK-Info: AES,1\n\nMC4CAQAwBQY=\n"),
        ),
      ),
    "a key behind a head without one": () =>
      checkSecrets(
        file(
          "k",
          join("-----BEGIN ", "PRIVATE KEY----- no\n-----BEGIN ", "PRIVATE KEY-----\nMC4CAQAw\n"),
        ),
      ),
    "a password beside what is filled in": () =>
      checkSecrets(file("a", join("postgres://bob:", "hunter22${x}@db/x"))),
    "a value beside what is filled in": () =>
      checkSecrets(file("a", join("API_KEY", ' = "f3Kd9sPq1mZx7Lw2${x}"'))),
    "a mark of the file far below": () =>
      checkSecrets(
        file(
          "a",
          join("ghp", `_${"a1".repeat(18)}${"\n".repeat(1_024)}allow-secrets-in-this-`, "file"),
        ),
      ),
    "an AWS key": () => checkSecrets(file("a", join("key: AKIA", "IOSFODNN7EXAMPL3"))),
    "a GitHub token": () =>
      checkSecrets(file("a", join("ghp", "_0123456789abcdefghijklmnopqrstuvwxyzAB"))),
    "a password in a URL": () => checkSecrets(file("a", join("postgres://bob:", "hunter22@db/x"))),
    "an assigned value": () => checkSecrets(file("a", join("API_KEY", " = 'f3Kd9sPq1mZx7Lw2'"))),
    "a web token": () =>
      checkSecrets(file("a", join("eyJ", "hbGciOiJIUzI1.eyJ", "zdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4"))),
    "a tracked .env": () => checkSecrets(file("config/.env", "A=1")),
  },
);

const exists = (path: string): boolean => ["docs/b.md", "img/x.png", "README.md"].includes(path);
gate(
  "links",
  () =>
    checkLinks(
      file(
        "docs/a.md",
        "# Top\n[b](b.md) [up](../README.md) [web](https://x.y/z) ![i](/img/x.png) [t](#top)\n```\n[no](none.md)\n```\n`[no](none.md)`\n",
      ),
      exists,
    ).concat(
      checkLinks(
        file(
          "docs/c.md",
          "## `swoosh gates` and [b](b.md)\n[c](#swoosh-gates-and-b) `` `[no](none.md)` `` `a\n[no](none.md)` [d](<b.md>)\n- x\n  ```sh\n  [no](none.md)\n  ```\n[e](e_(1).md '1') [f]({{record}}.md) [g](${name}.md)\n````\n```\n[no](none.md)\n````\n~~~\n[no](none.md)\n",
        ),
        (path) => path === "docs/e_(1).md" || exists(path),
      ),
    ),
  {
    "a missing file": () => checkLinks(file("docs/a.md", "[x](c.md)"), exists),
    "a missing picture": () => checkLinks(file("docs/a.md", "![x](../img/y.png)"), exists),
    "a wrong folder": () => checkLinks(file("a.md", "[x](b.md)"), exists),
    "a missing anchor": () => checkLinks(file("docs/a.md", "# Top\n[x](#bottom)"), exists),
    "a link behind a lonely backtick": () =>
      checkLinks(file("docs/a.md", "a ` b [x](c.md)\n\n` c"), exists),
    "a link between two spans": () =>
      checkLinks(file("docs/a.md", "`` ` `` [x](c.md) `` ` ``"), exists),
    "a link behind a fence": () =>
      checkLinks(file("docs/a.md", "```\n```\n[x](c.md)\n```\n```\n"), exists),
    "a link that is no template": () => checkLinks(file("docs/a.md", "[x]({record}.md)"), exists),
    "a link outside": () => checkLinks(file("docs/a.md", "[x](../../../etc/passwd)"), exists),
  },
);

gate(
  "docstrings",
  () => [
    ...checkDocstrings(
      file(
        "a.ts",
        "/** What it is. */\nexport function a(): void {}\n\n// Why.\nexport const b = 1;\nconst c = 2;\n",
      ),
    ),
    ...checkDocstrings(
      file("a.py", 'def a(x,\n      y):\n    """What it is."""\n\ndef _private():\n    pass\n'),
    ),
  ],
  {
    "a function": () => checkDocstrings(file("a.ts", "export function a(): void {}\n")),
    "an async function": () =>
      checkDocstrings(file("a.ts", "/** A */\nconst x = 1;\n\nexport async function a() {}\n")),
    "a class": () => checkDocstrings(file("a.ts", "export class A {}\n")),
    "an interface": () => checkDocstrings(file("a.ts", "\nexport interface A {}\n")),
    "an empty comment": () => checkDocstrings(file("a.ts", "/** */\nexport type A = 1;\n")),
    "a Python function": () => checkDocstrings(file("a.py", "def a():\n    return 1\n")),
  },
);

const GRID =
  "/** A grid of `size`. */\nexport class Grid {\n  constructor(size: Size) {}\n\n  /** The cell in column `x`, row `y`. */\n  get(x: number, y: number): 0 | 1 {}\n}\n";
const parameters = (text: string) => checkParameters(file("a.ts", text));
gate(
  "docstrings with their parameters",
  () => [
    ...parameters(GRID),
    ...parameters(
      "/** `a` of `b`. */\nexport function f<T>(a: Map<string, T>, { c }: C, _d: number, b = [1, 2]): void {}\n",
    ),
    ...parameters("function own(a: number): void {}\nexport const a = 1;\n"),
    ...checkParameters(file("a.py", "def f(a):\n    pass\n")),
  ],
  {
    "a parameter of a function": () =>
      parameters("/** What it is. */\nexport function f(a: number): void {}\n"),
    "a part of a longer word": () =>
      parameters("/** The `sizes`. */\nexport function f(size: number): void {}\n"),
    "a parameter of an arrow": () =>
      parameters("/** What it is. */\nexport const f = (a: number): number => a;\n"),
    "a parameter of a constructor": () => parameters(GRID.replace("`size`", "cells")),
    "a parameter of a method": () => parameters(GRID.replace(", row `y`", "")),
    "a deleted comment": () => parameters(GRID.replace(/^ {2}\/\*\*.*\n/m, "")),
    "a comment that stands elsewhere": () =>
      parameters("/** The `a`. */\n\nexport function f(a: number): void {}\n"),
  },
);

const EVENT = {
  type: "object",
  required: ["seq", "type"],
  additionalProperties: false,
  properties: {
    seq: { type: "integer", minimum: 1 },
    type: { type: "string", enum: ["hop", "drop"] },
  },
};
const log = (text: string) =>
  checkEventLog({ path: "events.jsonl", text }, { shape: EVENT, monotone: "seq" });
gate("event-log schema", () => log('{"seq":1,"type":"hop"}\n{"seq":3,"type":"drop"}\n'), {
  "no JSON": () => log('{"seq":1,"type":"hop"}\nhop\n'),
  "a field that is missing": () => log('{"seq":1}\n'),
  "a type that is wrong": () => log('{"seq":"1","type":"hop"}\n'),
  "a value that is unknown": () => log('{"seq":1,"type":"jump"}\n'),
  "events out of order": () => log('{"seq":2,"type":"hop"}\n{"seq":1,"type":"hop"}\n'),
  "a log cut off": () => log('{"seq":1,"type":"hop"}\n{"seq":2,"ty'),
  "an empty log": () => log(""),
  "a field too many": () => log('{"seq":1,"type":"hop","x":1}\n'),
});

const ratio = (over: Partial<Parameters<typeof checkCompression>[0]> = {}) =>
  checkCompression({
    baselineBytes: 1_000,
    compressedBytes: 400,
    baselineFiles: 1,
    compressedFiles: 1,
    permilleMin: 2_000,
    ...over,
  });
gate("compression ratio", () => ratio(), {
  "events as large as dumps": () => ratio({ compressedBytes: 1_000 }),
  "just too large": () => ratio({ compressedBytes: 501 }),
  "no dumps": () => ratio({ baselineFiles: 0, baselineBytes: 0 }),
  "no events": () => ratio({ compressedFiles: 0, compressedBytes: 0 }),
  "an empty event log": () => ratio({ compressedBytes: 0 }),
});

/** Samples around a middle, of a counter: the same every time. */
const samples = (middle: number, seed: number, count = 30): number[] =>
  Array.from(
    { length: count },
    (_, at) => middle * 1_000 + (counterDraw(seed, at + 1) % (middle * 60)),
  );
const perf = (now: readonly number[], higherIsBetter: readonly string[] = []) =>
  checkPerformance([{ metric: "m", samples: samples(100, 1) }], [{ metric: "m", samples: now }], {
    tolerancePermille: 100,
    higherIsBetter,
    seed: 1,
  });
gate(
  "performance regression",
  () => [
    ...Array.from({ length: 40 }, (_, run) => perf(samples(100, run + 2))).flat(),
    ...perf(samples(80, 3)),
    ...perf(samples(120, 3), ["m"]),
  ],
  {
    "a fifth slower": () => perf(samples(120, 2)),
    "twice as slow": () => perf(samples(200, 2)),
    "half of the runs slow": () => perf([...samples(100, 2, 14), ...samples(160, 3, 16)]),
    "less throughput": () => perf(samples(80, 2), ["m"]),
    "too few samples": () => perf(samples(100, 2, 4)),
    "a metric that is gone": () =>
      checkPerformance([{ metric: "m", samples: samples(100, 1) }], [], {
        tolerancePermille: 100,
        higherIsBetter: [],
        seed: 1,
      }),
    "no baseline": () =>
      checkPerformance([], [], { tolerancePermille: 100, higherIsBetter: [], seed: 1 }),
  },
);

const lock = (about: object, name = "x") =>
  JSON.stringify({
    packages: {
      "": {},
      "packages/own": {},
      [`node_modules/${name}`]: {
        version: "1.2.0",
        integrity: "sha512-x",
        license: "MIT",
        ...about,
      },
    },
  });
gate(
  "dependency licences",
  () => [
    ...checkLicences(lock({}), LICENCES_ALLOWED),
    ...checkLicences(lock({ license: "(MIT OR GPL-3.0)" }), LICENCES_ALLOWED),
    ...checkLicences(lock({ license: "GPL-3.0" }), LICENCES_ALLOWED, ["x"]),
  ],
  {
    "a licence that is not allowed": () =>
      checkLicences(lock({ license: "GPL-3.0" }), LICENCES_ALLOWED),
    "no licence": () => checkLicences(lock({ license: "" }), LICENCES_ALLOWED),
    "and with one that is not": () =>
      checkLicences(lock({ license: "MIT AND AGPL-3.0" }), LICENCES_ALLOWED),
    "a choice of none that is": () =>
      checkLicences(lock({ license: "GPL-2.0 OR GPL-3.0" }), LICENCES_ALLOWED),
    "no lock file": () => checkLicences("{}", LICENCES_ALLOWED),
    "a licence nobody knows": () =>
      checkLicences(lock({ license: "SEE LICENSE IN x" }), LICENCES_ALLOWED),
  },
);

const ADVISORY = [{ package: "x", vulnerable: "<1.3.0 || >=2.0.0 <2.0.5", id: "GHSA-1" }];
gate(
  "dependency audit",
  () => [
    ...auditDependencies(lock({ version: "1.3.0" }), ADVISORY),
    ...auditDependencies(lock({ version: "2.0.5" }), ADVISORY),
    ...auditDependencies(lock({}, "y"), ADVISORY),
  ],
  {
    "a vulnerable version": () => auditDependencies(lock({}), ADVISORY),
    "in the second range": () => auditDependencies(lock({ version: "2.0.4" }), ADVISORY),
    "a pre-release of the fix": () =>
      auditDependencies(lock({ version: "1.3.0-beta.1" }), ADVISORY),
    "a package from git": () =>
      auditDependencies(lock({ resolved: "git+ssh://git@x/y.git#1" }), []),
    "plain HTTP": () => auditDependencies(lock({ resolved: "http://r/x.tgz" }), []),
    "no integrity": () => auditDependencies(lock({ integrity: null }), []),
  },
);

const CONFIG = {
  type: "object",
  required: ["port"],
  additionalProperties: false,
  properties: {
    port: { type: "integer", minimum: 1, maximum: 65_535 },
    hosts: { type: "array", minItems: 1, items: { type: "string", pattern: "^[a-z.]+$" } },
  },
};
const shape = (value: unknown): readonly Finding[] =>
  checkShape(value, CONFIG).map((message) => ({ file: "c.yaml", line: null, message }));
gate("YAML schema", () => shape({ port: 80, hosts: ["a.b"] }), {
  "a key that is missing": () => shape({}),
  "a key that is unknown": () => shape({ port: 80, prot: 1 }),
  "a type that is wrong": () => shape({ port: "80" }),
  "a number out of range": () => shape({ port: 0 }),
  "an item of another form": () => shape({ port: 80, hosts: ["A B"] }),
  "an empty list": () => shape({ port: 80, hosts: [] }),
  "a rule that nobody looks at": () =>
    unknownKeywords({ type: "object", oneOf: [] }).map((message) => ({
      file: "s",
      line: null,
      message,
    })),
});

const COMMANDS = { kind: "command", pattern: "^\\| `swoosh ([a-z]+)`" };
const drift = (doc: string, real: readonly string[]) =>
  checkDrift(COMMANDS, file("docs/cli.md", doc), real);
gate("spec drift", () => drift("| `swoosh up` |\n| `swoosh init` |\n", ["init", "up", ""]), {
  "documented, not real": () => drift("| `swoosh up` |\n| `swoosh down` |\n", ["up"]),
  "real, not documented": () => drift("| `swoosh up` |\n", ["up", "init"]),
  renamed: () => drift("| `swoosh start` |\n", ["up"]),
  "a document that lost its table": () => drift("nothing", ["up"]),
  "a program that lists nothing": () => drift("| `swoosh up` |\n", []),
});

const signedBy = (people: readonly string[]) => ({
  isSigned: (one: LockedContract) => one.decision !== null && people.includes(one.decision.signer),
});
const contract = (lines: readonly string[], version = 1, id = "routes"): Contract => ({
  id,
  version,
  lines,
});
const locked = (lines: readonly string[], version = 1, signer?: string): LockedContract => ({
  ...contract(lines, version),
  decision: signer === undefined ? null : { reason: "r", signer, signature: "s" },
});
gate(
  "contracts",
  () => [
    ...checkContracts([contract(["a", "b"])], [locked(["a", "b"])], signedBy([])),
    ...checkContracts([contract(["a"], 2)], [locked(["a"], 2, "anna")], signedBy(["anna"])),
  ],
  {
    "a line that went away": () =>
      checkContracts([contract(["a"])], [locked(["a", "b"])], signedBy([])),
    "a step without a decision": () =>
      checkContracts([contract(["a"], 2)], [locked(["a", "b"])], signedBy([])),
    "an addition that was not locked": () =>
      checkContracts([contract(["a", "b", "c"])], [locked(["a", "b"])], signedBy([])),
    "a decision of somebody else": () =>
      checkContracts([contract(["a"], 2)], [locked(["a"], 2, "runner")], signedBy(["anna"])),
    "a version without a decision": () =>
      checkContracts([contract(["a"], 2)], [locked(["a"], 2)], signedBy(["anna"])),
    "a contract that is not locked": () => checkContracts([contract(["a"])], [], signedBy([])),
    "a contract that is gone": () => checkContracts([], [locked(["a"])], signedBy([])),
  },
);

const TASK = "---\nid: a\ntitle: A\nacceptance: [x]\ntests: [y]\natomic: true\n---\n";
gate(
  "front matter",
  () => [
    ...checkDocuments(file("docs/living/TROUBLESHOOTING.md", SEEDED_TROUBLESHOOTING)),
    ...checkDocuments(file("tasks/a.md", TASK)),
    ...checkDocuments(file("README.md", "# Hello")),
  ],
  {
    "no front matter": () => checkDocuments(file("tasks/a.md", "# A")),
    "a task that is not atomic": () =>
      checkDocuments(file("tasks/a.md", TASK.replace("true", "false"))),
    "a task without tests": () =>
      checkDocuments(file("tasks/a.md", TASK.replace("tests: [y]\n", ""))),
    "an unknown key": () => checkDocuments(file("tasks/a.md", TASK.replace("title:", "titel:"))),
    "an entry without a field": () =>
      checkDocuments(
        file(
          "TROUBLESHOOTING.md",
          SEEDED_TROUBLESHOOTING.replace("**Quick Fix**: Reduce", "Reduce"),
        ),
      ),
    "an issue without sections": () =>
      checkDocuments(file("ISSUE-20260101-000000.md", '---\ntitle: "x"\n---\n')),
  },
);
