import type { Finding, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";

const ROOT_FILES = new Set(
  "package.json package-lock.json tsconfig.json tsconfig.base.json vitest.config.ts Makefile README.md LICENSE CHANGELOG.md MATURITY.md swoosh.yaml .npmrc .gitignore .gitattributes .oxlintrc.json .oxfmtrc.json .editorconfig".split(
    " ",
  ),
);
const ROOT_FOLDERS = new Set(
  "packages apps sim tools charts config deploy docs examples gates scripts .ci .github".split(" "),
);
const WORKSPACE_FILES = new Set("package.json tsconfig.json README.md survivors.json".split(" "));
const README_LINES_MAX = 40;

/** Nothing lies about: the root and each workspace hold what everyone expects there, and nothing else. */
export const layout: Rule = {
  name: "layout",
  check: (tree) => [...tree.paths.flatMap(place), ...longReadmes(tree), ...decisions(tree)],
};

function place(file: string): readonly Finding[] {
  const parts = file.split("/");
  const [first = "", , third] = parts;
  if (parts.length === 1 && !ROOT_FILES.has(first)) {
    return [
      { file, line: 1, message: "lies loose in the root; put it where its part of the project is" },
    ];
  }
  if (parts.length > 1 && !ROOT_FOLDERS.has(first)) {
    return [
      {
        file,
        line: 1,
        message: `"${first}" is no folder of this project; see the map in README.md`,
      },
    ];
  }
  const inWorkspaceRoot = ["packages", "apps", "tools"].includes(first) && parts.length === 3;
  const alone = third?.endsWith(".mjs") === true && first === "tools";
  if (inWorkspaceRoot && third !== undefined && !WORKSPACE_FILES.has(third) && !alone) {
    return [{ file, line: 1, message: "lies loose in a package's root; sources are in src" }];
  }
  return [];
}

function longReadmes(tree: Tree): readonly Finding[] {
  return tree.paths
    .filter((file) => /^(packages|apps|tools)\/[^/]+\/README\.md$|^sim\/README\.md$/.test(file))
    .flatMap((file) => {
      const lines = (tree.text(file) ?? "").trimEnd().split("\n").length;
      if (lines <= README_LINES_MAX) return [];
      return [
        {
          file,
          line: README_LINES_MAX + 1,
          message: `has ${lines} lines, ${README_LINES_MAX} are allowed; say what it is for and link`,
        },
      ];
    });
}

/** Decisions are numbered from 0001 without gaps or twins, and the index has one line for each. */
function decisions(tree: Tree): readonly Finding[] {
  const index = tree.text("docs/decisions/README.md") ?? "";
  const pages = tree.paths.filter((file) => /^docs\/decisions\/(?!README)/.test(file));
  return pages.flatMap((file, at) => {
    const name = file.slice("docs/decisions/".length);
    const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1];
    const expected = String(at + 1).padStart(4, "0");
    if (number !== expected)
      return [
        {
          file,
          line: 1,
          message: `should have the number ${expected}; decisions are NNNN-title.md without gaps`,
        },
      ];
    if (!index.includes(`(${name})`))
      return [{ file, line: 1, message: "is not in docs/decisions/README.md; add its line" }];
    return [];
  });
}
