import { describe, expect, it } from "vitest";
import { plant } from "../test/plant.ts";
import { layout } from "./layout.ts";
import { machinePaths } from "./machine-paths.ts";
import { manifests } from "./manifests.ts";
import { marks } from "./marks.ts";
import { unitTests } from "./unit-tests.ts";

const TEST = "packages/kernel/src/a.test.ts";

describe("unit-tests", () => {
  const bad: readonly (readonly [string, string])[] = [
    ["setTimeout(() => {}, 10);", "waits in real time"],
    ["await sleep(10);", "waits in real time"],
    ["Atomics.wait(a, 0, 0, 10);", "waits in real time"],
    ["const now = Date.now();", "real clock"],
    ["const now = new Date();", "real clock"],
    ['import { setTimeout } from "node:timers/promises";', "hand a clock in"],
    ["server.listen(8080);", "fixed port 8080"],
    ['fetch("http://127.0.0.1:8080/");', "fixed port"],
    ['open("/tmp/swoosh");', "mkdtemp"],
  ];
  it.each(bad)("refuses %s", (text, message) => {
    expect(plant(unitTests, { [TEST]: text })).toEqual([expect.stringContaining(message)]);
  });

  it("allows port 0, given times, words that are waited for, and sources to be what they are", () => {
    expect(plant(unitTests, { [TEST]: "Atomics.wait(words, 0, 0);" })).toEqual([]);
    expect(plant(unitTests, { [TEST]: "server.listen(0); const at = new Date(0);" })).toEqual([]);
    expect(plant(unitTests, { "apps/cli/src/a.ts": "setTimeout(() => {}, 10);" })).toEqual([]);
  });
});

describe("marks", () => {
  const fix = `FIX${"ME"}`;
  const later = `TO${"DO"}`;

  it("fails on unfinished work and on a nameless promise", () => {
    expect(plant(marks, { "a.ts": `\n// ${fix}: broken` })).toEqual([
      expect.stringContaining("a.ts:2 "),
    ]);
    expect(plant(marks, { Makefile: `# ${later}: later` })).toEqual([
      expect.stringContaining("names no issue"),
    ]);
  });

  it("allows a promise that names its issue, and pages that speak of the marks", () => {
    expect(
      plant(marks, { "a.ts": `// ${later}(#12): later`, "a.md": `\`${fix}\` fails the build` }),
    ).toEqual([]);
  });
});

describe("machine-paths", () => {
  it("finds homes and working folders, in any file", () => {
    for (const path of ["/home/ann/x", "/root/.npmrc", "/mnt/disk/x", "/build/x", "/Users/Ann/x"]) {
      expect(plant(machinePaths, { "docs/a.md": `see ${path}` })).toHaveLength(1);
    }
  });

  it("leaves relative paths, routes and addresses alone", () => {
    const text = "see ../root/x, /usr/bin/node, https://example.org/work/x, network/home/a";
    expect(plant(machinePaths, { "docs/a.md": text })).toEqual([]);
  });
});

describe("layout", () => {
  it("finds loose files and unknown folders", () => {
    const bad = ["PLAN.md", "dbg.mjs", "lib/a.ts", "packages/kernel/notes.md", "apps/cli/loose.ts"];
    for (const file of bad)
      expect(plant(layout, { [file]: "" })).toEqual([expect.stringContaining(`${file}:1 `)]);
    expect(
      plant(layout, {
        Makefile: "",
        "packages/kernel/src/a.ts": "",
        "tools/install/install.mjs": "",
      }),
    ).toEqual([]);
  });

  it("keeps a package's README short", () => {
    expect(plant(layout, { "packages/kernel/README.md": "a\n".repeat(41) })[0]).toContain(
      "has 41 lines",
    );
    expect(plant(layout, { "packages/kernel/README.md": "a\n".repeat(40) })).toEqual([]);
  });

  it("numbers decisions without gaps and wants each in the index", () => {
    const index = { "docs/decisions/README.md": "- [One](0001-one.md)\n- [Two](0003-two.md)" };
    const gap = plant(layout, {
      ...index,
      "docs/decisions/0001-one.md": "",
      "docs/decisions/0003-two.md": "",
    });
    expect(gap).toEqual([expect.stringContaining("should have the number 0002")]);
    const unlisted = plant(layout, {
      ...index,
      "docs/decisions/0001-one.md": "",
      "docs/decisions/0002-two.md": "",
    });
    expect(unlisted).toEqual([expect.stringContaining("is not in docs/decisions/README.md")]);
  });
});

describe("manifests", () => {
  const lock = (packages: object): string => JSON.stringify({ packages });

  it("wants exact versions", () => {
    for (const version of ["^1.0.0", "latest", "1.x", "npm:a@^1.0.0", "*"]) {
      const dependencies = { yaml: version };
      const files = {
        "package.json": JSON.stringify({ dependencies }),
        "package-lock.json": lock({ "": { dependencies } }),
      };
      expect(plant(manifests, files)).toEqual([expect.stringContaining("pin it exactly")]);
    }
  });

  it("wants every workspace locked as it is", () => {
    const here = { name: "@swoosh/kernel", dependencies: { yaml: "2.0.0" } };
    const manifest = {
      "packages/kernel/package.json": JSON.stringify(here),
      "packages/kernel/src/a.ts": 'import "yaml";',
    };
    expect(plant(manifests, { ...manifest, "package-lock.json": lock({}) })[0]).toContain(
      "is not in package-lock.json",
    );
    const other = lock({ "packages/kernel": { dependencies: { yaml: "1.0.0" } } });
    expect(plant(manifests, { ...manifest, "package-lock.json": other })[0]).toContain(
      "yaml differs",
    );
    expect(
      plant(manifests, { ...manifest, "package-lock.json": lock({ "packages/kernel": here }) }),
    ).toEqual([]);
  });

  it("wants the files that a package offers", () => {
    const manifest = JSON.stringify({
      exports: { ".": "./src/index.ts" },
      bin: { swoosh: "./bin/swoosh.mjs" },
    });
    const files = {
      "apps/cli/package.json": manifest,
      "package-lock.json": lock({ "apps/cli": {} }),
    };
    expect(plant(manifests, files)).toHaveLength(2);
    expect(plant(manifests, files)[0]).toContain("offers ./src/index.ts");
    expect(
      plant(manifests, { ...files, "apps/cli/src/index.ts": "", "apps/cli/bin/swoosh.mjs": "" }),
    ).toEqual([]);
  });

  it("wants no registry's address in the lockfile", () => {
    const text = '{\n"packages": {},\n"resolved": "https://registry.example/a.tgz"\n}';
    expect(plant(manifests, { "package-lock.json": text })).toEqual([
      expect.stringContaining("package-lock.json:3 "),
    ]);
  });

  it("wants nothing in a manifest that nothing imports", () => {
    const here = { name: "@swoosh/kernel", dependencies: { fastify: "1.0.0", yaml: "2.0.0" } };
    const files = (source: string) => ({
      "packages/kernel/package.json": JSON.stringify(here),
      "packages/kernel/src/a.ts": source,
      "packages/kernel-other/src/a.mjs": 'import "yaml";',
      "package-lock.json": lock({ "packages/kernel": here }),
    });
    const told = plant(manifests, files('import fastify from "fastify/x";'));
    expect(told).toEqual([expect.stringContaining("[declared, unused] lists yaml")]);
    const require = 'import "fastify"; createRequire(import.meta.url)("yaml");';
    expect(plant(manifests, files(require))).toEqual([]);
  });

  it("wants what a product imports in its own manifest, and lets tests use the root's", () => {
    const files = {
      "package.json": JSON.stringify({ devDependencies: { vitest: "1.0.0" } }),
      "apps/cli/package.json": JSON.stringify({ name: "@swoosh/cli" }),
      "package-lock.json": lock({ "": { devDependencies: { vitest: "1.0.0" } }, "apps/cli": {} }),
    };
    const source = { "apps/cli/src/a.ts": '\nimport { parse } from "yaml/x";' };
    expect(plant(manifests, { ...files, ...source })).toEqual([
      expect.stringContaining("a.ts:2 imports yaml"),
    ]);
    expect(
      plant(manifests, { ...files, "apps/cli/src/a.test.ts": 'import { it } from "vitest";' }),
    ).toEqual([]);
    expect(
      plant(manifests, { ...files, "apps/cli/src/a.ts": 'import { it } from "vitest";' }),
    ).toHaveLength(1);
  });
});
