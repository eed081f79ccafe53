import { yamlText } from "./front-matter.ts";

/** What can be seen of a repository from outside. */
export interface RepositoryFacts {
  readonly name: string;
  /** Tracked files, relative. */
  readonly files: readonly string[];
  /** Of package.json, where there is one. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly hasLock: boolean;
  readonly makeTargets: readonly string[];
}

interface Proposed {
  readonly id: string;
  readonly title: string;
  readonly run: string;
  readonly negative: string;
  readonly why: string;
  readonly preset?: string;
}

export interface Proposal {
  readonly kind: string;
  /** `gates/maturity.yaml`. */
  readonly yaml: string;
  /** One sentence a criterion: what was seen that led to it. */
  readonly reasons: readonly string[];
}

const NPM_PLACEHOLDER = /no test specified/;

/** A ladder that this repository can begin with: only what is there is asked for, and everything has a negative that plants a defect. */
export function proposeLadder(facts: RepositoryFacts): Proposal {
  const kind = kindOf(facts);
  const levels = [
    {
      name: "Running Baseline",
      rule: "No feature work until the current system boots cleanly.",
      criteria: baseline(facts),
    },
    {
      name: "Invariants Locked",
      rule: "Freeze the core contracts before expansion.",
      criteria: invariants(facts),
    },
    { name: "Quality Visible", rule: "What is not checked drifts.", criteria: quality(facts) },
    { name: "Safety", rule: "Nothing leaks, nothing rots.", criteria: safety(facts) },
  ].filter(({ criteria }) => criteria.length > 0);
  const reasons = levels.flatMap(({ criteria }, level) =>
    criteria.map(({ id, why }) => `level ${level} ${id}: ${why}`),
  );
  return { kind, yaml: ladderYaml(facts, levels), reasons };
}

function kindOf({ files, scripts }: RepositoryFacts): string {
  if (files.includes("package.json"))
    return Object.keys(scripts).length > 0 ? "a Node project" : "a Node project without scripts";
  if (files.some((file) => /(^|\/)(pyproject\.toml|setup\.py|requirements\.txt)$/.test(file)))
    return "a Python project";
  if (files.includes("go.mod")) return "a Go project";
  if (files.some((file) => file.endsWith(".sh"))) return "a shell project";
  if (files.some((file) => file.endsWith(".md"))) return "a documentation project";
  return "a repository of files";
}

function main(facts: RepositoryFacts, pattern: RegExp): string | undefined {
  const found = facts.files.filter(
    (file) =>
      pattern.test(file) &&
      !/(^|\/)(test|tests|spec|node_modules|examples?|docs|tools)\//.test(file) &&
      !/\.(test|spec)\./.test(file),
  );
  return found.find((file) => /(^|\/)(index|main|app|lib)\.[a-z]+$/.test(file)) ?? found[0];
}

const SOURCE = /\.(js|mjs|cjs|ts|mts|jsx|tsx)$/;

/** A source whose own test stands beside it, or in a folder for tests: a defect in any other one may be seen by nobody. */
function sourceWithTest(files: readonly string[]): string | undefined {
  const known = new Set(files);
  for (const file of files) {
    const [, folder = "", name = "", ending = ""] =
      /^((?:.*\/)?)([^/]+)\.(?:test|spec)\.([a-z]+)$/.exec(file) ?? [];
    if (name === "" || !SOURCE.test(file)) continue;
    const beside = `${folder}${name}.${ending}`;
    const apart = beside.replace(/(^|\/)(?:__tests__|tests?|spec)\//, "$1");
    const found = [beside, apart, `src/${name}.${ending}`, `lib/${name}.${ending}`].find(
      (path) => path !== file && known.has(path),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function testOf({ scripts, files }: RepositoryFacts): Proposed | undefined {
  const test = scripts["test"];
  if (test === undefined || NPM_PLACEHOLDER.test(test)) return undefined;
  const source =
    sourceWithTest(files) ??
    main({ name: "", files, scripts, hasLock: false, makeTargets: [] }, SOURCE);
  return {
    id: "tests",
    title: "All tests pass",
    run: "npm test --silent",
    negative:
      source === undefined
        ? "npm run --silent there-is-no-such-script"
        : `swoosh gates plant ${source} --prepend 'throw new Error("planted");' -- npm test --silent`,
    why: `package.json has a test script (${test.slice(0, 40)})`,
  };
}

function baseline(facts: RepositoryFacts): readonly Proposed[] {
  const { files, scripts } = facts;
  const proposed: Proposed[] = [];
  const source = main(facts, SOURCE);
  const scriptFiles = files.filter((file) => file.endsWith(".sh"));
  const [shell] = scriptFiles;
  if (scripts["build"] !== undefined)
    proposed.push({
      id: "builds",
      title: "The build succeeds",
      run: "npm run --silent build",
      negative: `swoosh gates plant ${source ?? "package.json"} --prepend '}{' -- npm run --silent build`,
      why: "package.json has a build script",
    });
  if (files.includes("package.json") && source !== undefined && /\.(js|mjs|cjs)$/.test(source))
    proposed.push({
      id: "parses",
      title: "The main module parses",
      run: `node --check ${source}`,
      negative: `swoosh gates plant ${source} --prepend '}{' -- node --check ${source}`,
      why: `${source} is the main module`,
    });
  if (shell !== undefined)
    proposed.push({
      id: "shell-parses",
      title: "Every shell script parses",
      run: "for f in $(git ls-files '*.sh'); do sh -n \"$f\" || exit 1; done",
      negative: `swoosh gates plant ${shell} --append 'if then' -- sh -n ${shell}`,
      why: `there are ${scriptFiles.length} shell scripts`,
    });
  if (files.includes("go.mod"))
    proposed.push({
      id: "builds",
      title: "Everything compiles",
      run: "go build ./...",
      negative: `swoosh gates plant ${main(facts, /\.go$/) ?? "go.mod"} --append '}{' -- go build ./...`,
      why: "there is a go.mod",
    });
  const python = main(facts, /\.py$/);
  if (python !== undefined)
    proposed.push({
      id: "imports",
      title: "Every module compiles",
      run: "python3 -m compileall -q .",
      negative: `swoosh gates plant ${python} --append 'def (' -- python3 -m compileall -q .`,
      why: `${python} is Python`,
    });
  return [...proposed, ...plainBaseline(facts, proposed.length > 0)];
}

/** What any repository can have. */
function plainBaseline(
  { files, makeTargets }: RepositoryFacts,
  hasMore: boolean,
): readonly Proposed[] {
  const proposed: Proposed[] = [];
  if (makeTargets.includes("check") && !files.includes("package.json"))
    proposed.push({
      id: "make-check",
      title: "make check succeeds",
      run: "make check",
      negative: "make there-is-no-such-target",
      why: "the Makefile has a target check",
    });
  const readme = files.find((file) => /^readme\.md$/i.test(file));
  if (readme !== undefined)
    proposed.push({
      id: "readme",
      title: "The README says what this is",
      run: `swoosh gates check links ${readme}`,
      negative: `swoosh gates plant ${readme} --append '[planted](no/such/file.md)' -- swoosh gates check links ${readme}`,
      why: "there is a README",
    });
  if (!hasMore && proposed.length === 0)
    proposed.push({
      id: "tracked",
      title: "The repository is in version control and whole",
      run: "git fsck --no-progress --connectivity-only",
      negative: "git -C /nonexistent fsck",
      why: "nothing else was recognised",
    });
  return proposed;
}

function invariants(facts: RepositoryFacts): readonly Proposed[] {
  const { files, makeTargets } = facts;
  const proposed: Proposed[] = [];
  const test = testOf(facts);
  if (test !== undefined) proposed.push(test);
  if (files.includes("go.mod"))
    proposed.push({
      id: "tests",
      title: "All tests pass",
      run: "go test ./...",
      negative: `swoosh gates plant ${main(facts, /\.go$/) ?? "go.mod"} --append '}{' -- go test ./...`,
      why: "there is a go.mod",
    });
  if (files.some((file) => /(^|\/)test_[^/]*\.py$/.test(file)))
    proposed.push({
      id: "tests",
      title: "All tests pass",
      run: "python3 -m pytest -q",
      negative: `swoosh gates plant ${main(facts, /\.py$/) ?? "setup.py"} --prepend 'raise RuntimeError' -- python3 -m pytest -q`,
      why: "there are pytest files",
    });
  const shellTest = files.find((file) =>
    /(^|\/)(test|tests|spec)[^/]*\.sh$|(^|\/)tests?\/[^/]+\.sh$/.test(file),
  );
  const shellSource = main(facts, /\.sh$/);
  if (test === undefined && shellTest !== undefined)
    proposed.push({
      id: "tests",
      title: "The shell tests pass",
      run: `sh ${shellTest}`,
      negative: `swoosh gates plant ${shellSource ?? shellTest} --prepend 'exit 9' -- sh ${shellTest}`,
      why: `${shellTest} is a test`,
    });
  if (test === undefined && shellTest === undefined && makeTargets.includes("test"))
    proposed.push({
      id: "tests",
      title: "make test succeeds",
      run: "make test",
      negative: "make there-is-no-such-target",
      why: "the Makefile has a target test",
    });
  if (files.some((file) => file.endsWith(".md")))
    proposed.push({
      id: "links",
      title: "No link in the documentation is broken",
      run: "swoosh gates check links",
      negative: `swoosh gates plant ${files.find((file) => file.endsWith(".md")) ?? "README.md"} --append '[planted](no/such/file.md)' -- swoosh gates check links`,
      why: `there are ${files.filter((file) => file.endsWith(".md")).length} Markdown files`,
    });
  return proposed;
}

function quality({ files, scripts, makeTargets }: RepositoryFacts): readonly Proposed[] {
  const proposed: Proposed[] = [];
  const source = main({ name: "", files, scripts, hasLock: false, makeTargets: [] }, SOURCE);
  for (const [script, title] of [
    ["lint", "The linter is content"],
    ["typecheck", "The types are right"],
    ["types", "The types are right"],
    ["format:check", "The format is kept"],
  ] as const) {
    if (scripts[script] === undefined || proposed.some((one) => one.title === title)) continue;
    proposed.push({
      id: script.replace(":", "-"),
      title,
      run: `npm run --silent ${script}`,
      negative: `swoosh gates plant ${source ?? "package.json"} --prepend '}{' -- npm run --silent ${script}`,
      why: `package.json has a script ${script}`,
    });
  }
  if (proposed.length === 0 && makeTargets.includes("check") && files.includes("package.json"))
    proposed.push({
      id: "make-check",
      title: "make check succeeds",
      run: "make check",
      negative: `swoosh gates plant ${source ?? "package.json"} --prepend '}{' -- make check`,
      why: "the Makefile has a target check",
    });
  if (files.some((file) => /\.ya?ml$/.test(file)))
    proposed.push({
      id: "yaml",
      title: "Every YAML file parses",
      run: "swoosh gates check yaml",
      negative: `swoosh gates plant planted.yaml --append 'a: [1' -- swoosh gates check yaml`,
      why: "there are YAML files",
    });
  if (files.some((file) => file.endsWith(".json")))
    proposed.push({
      id: "json",
      title: "Every JSON file parses",
      run: "swoosh gates check json",
      negative: `swoosh gates plant planted.json --append '{' -- swoosh gates check json`,
      why: "there are JSON files",
    });
  return proposed;
}

function safety({ files, hasLock }: RepositoryFacts): readonly Proposed[] {
  const proposed: Proposed[] = [
    {
      id: "secrets",
      title: "No secret is in the repository",
      run: "swoosh gates check secrets",
      negative: `swoosh gates plant planted.txt --append "AKIA""IOSFODNN7EXAMPL3" -- swoosh gates check secrets`,
      why: "every repository can leak",
    },
  ];
  if (hasLock && files.includes("package.json"))
    proposed.push({
      id: "licences",
      title: "Every dependency has a licence that is allowed",
      run: "swoosh gates check licences",
      negative: "swoosh gates check licences --allow none",
      why: "there is a lock file of npm",
    });
  return proposed;
}

function ladderYaml(
  facts: RepositoryFacts,
  levels: readonly {
    readonly name: string;
    readonly rule: string;
    readonly criteria: readonly Proposed[];
  }[],
): string {
  const lines = [
    "# Proposed by swoosh gates init from what lies in this repository. It is yours now: tighten it.",
    `ladder: ${facts.name}`,
    'version: "1.0"',
    "feature_trailer: Change                                  # a commit with the trailer `Change: feature` is a feature",
    "feature_paths: []                                        # globs; whoever touches one brings a feature, whatever the trailer says",
    "levels:",
  ];
  for (const [index, level] of levels.entries()) {
    lines.push(
      `  - level: ${index}`,
      `    name: ${level.name}`,
      `    rule: ${level.rule}`,
      "    criteria:",
    );
    for (const { id, title, run, negative } of level.criteria)
      lines.push(
        `      - id: ${id}`,
        `        title: ${title}`,
        `        check: { run: ${yamlText(run)}, timeout: 10m, expect: { exit: 0 } }`,
        `        negative: { run: ${yamlText(negative)}, timeout: 10m }`,
        "        fresh_for: 7d",
      );
  }
  return `${lines.join("\n")}\n`;
}
