import { isTree, parseTree, type Tree } from "../json-tree.ts";
import type { Finding } from "./finding.ts";

/** Licences that may be used and passed on with notices; what is not here needs a decision. */
export const LICENCES_ALLOWED: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "Artistic-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-3.0",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "MPL-2.0",
  "Python-2.0",
  "Unlicense",
  "Unicode-3.0",
  "Unicode-DFS-2016",
  "Zlib",
];

interface Locked {
  readonly path: string;
  readonly name: string;
  readonly about: Tree;
}

/** Licences of everything that a lock file of npm (version 2 or 3) pins. Packages of the repository itself are not asked. */
export function checkLicences(
  lock: string,
  allowed: readonly string[],
  exceptions: readonly string[] = [],
): readonly Finding[] {
  const locked = lockedPackages(lock);
  if (locked === undefined)
    return [
      {
        file: "package-lock.json",
        line: null,
        message: "is no lock file of version 2 or 3; run npm install with npm 7 or later",
      },
    ];
  return locked.flatMap(({ name, about }) => {
    if (exceptions.includes(name)) return [];
    const licence = licenceOf(about);
    if (licence === undefined)
      return [
        {
          file: name,
          line: null,
          message: "names no licence; ask its author, or except it by name",
        },
      ];
    return isAllowed(licence, allowed)
      ? []
      : [
          {
            file: name,
            line: null,
            message: `has the licence ${licence}, which is not among those that are allowed`,
          },
        ];
  });
}

function licenceOf(about: Tree): string | undefined {
  const licence = about["license"];
  if (typeof licence === "string" && licence.trim() !== "") return licence;
  return isTree(licence) && typeof licence["type"] === "string" ? licence["type"] : undefined;
}

/** SPDX expressions of one level: every part of an AND, some part of an OR. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const plain = expression.replaceAll(/[()]/g, " ").trim();
  if (/\sOR\s/.test(plain)) return plain.split(/\sOR\s/).some((part) => isAllowed(part, allowed));
  return plain
    .split(/\sAND\s/)
    .every((part) => allowed.includes(part.trim().replace(/\sWITH\s.*$/, "")));
}

export interface Advisory {
  readonly package: string;
  /** `<1.2.3`, `>=2.0.0 <2.4.1`, `=1.0.0`; a space is and, `||` is or. */
  readonly vulnerable: string;
  readonly id: string;
}

/** Known vulnerabilities, and rules that need no list: an integrity for each package, nothing from git or over plain HTTP. */
export function auditDependencies(
  lock: string,
  advisories: readonly Advisory[],
): readonly Finding[] {
  const locked = lockedPackages(lock);
  if (locked === undefined)
    return [
      {
        file: "package-lock.json",
        line: null,
        message: "is no lock file of version 2 or 3; run npm install with npm 7 or later",
      },
    ];
  return locked.flatMap(({ path, name, about }) => {
    const findings: Finding[] = [];
    const tell = (message: string): void => {
      findings.push({ file: name, line: null, message });
    };
    const version = typeof about["version"] === "string" ? about["version"] : "";
    const resolved = typeof about["resolved"] === "string" ? about["resolved"] : "";
    if (/^git(\+|:)|^github:/.test(resolved))
      tell(
        `comes from ${resolved.slice(0, 60)}: a branch can change under a version; use a published version`,
      );
    if (resolved.startsWith("http:")) tell("is fetched over plain HTTP; use HTTPS");
    if (
      typeof about["integrity"] !== "string" &&
      !/^(git|file:)/.test(resolved) &&
      about["inBundle"] !== true
    )
      tell(`has no integrity hash (${path}); lock it again`);
    for (const advisory of advisories)
      if (advisory.package === name && isVulnerable(version, advisory.vulnerable))
        tell(`${version} is vulnerable: ${advisory.id} (${advisory.vulnerable})`);
    return findings;
  });
}

function lockedPackages(lock: string): readonly Locked[] | undefined {
  const root = parseTree(lock);
  const packages = root === undefined ? undefined : root["packages"];
  if (!isTree(packages)) return undefined;
  return Object.entries(packages).flatMap(([path, about]) => {
    const at = path.lastIndexOf("node_modules/");
    if (at < 0 || !isTree(about) || about["link"] === true) return [];
    const alias =
      typeof about["name"] === "string" ? about["name"] : path.slice(at + "node_modules/".length);
    return [{ path, name: alias, about }];
  });
}

/** Only plain versions are compared; what follows a hyphen (a pre-release) comes before its version. */
export function isVulnerable(version: string, ranges: string): boolean {
  return ranges.split("||").some((range) => {
    const parts = range
      .trim()
      .split(/\s+/)
      .filter((part) => part !== "");
    return parts.length > 0 && parts.every((part) => satisfies(version, part));
  });
}

function satisfies(version: string, part: string): boolean {
  const found = /^(<=|>=|<|>|=)?v?(\d+(?:\.\d+){0,2}(?:-[\w.]+)?)$/.exec(part);
  if (part === "*") return true;
  if (found === null) return false;
  const order = compareVersions(version, found[2] ?? "");
  switch (found[1]) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return order === 0;
  }
}

function compareVersions(one: string, other: string): number {
  const [first = "", firstPre] = one.split(/-(.*)/s);
  const [second = "", secondPre] = other.split(/-(.*)/s);
  const a = first.split(".").map(Number);
  const b = second.split(".").map(Number);
  for (let at = 0; at < 3; at += 1)
    if ((a[at] ?? 0) !== (b[at] ?? 0)) return (a[at] ?? 0) - (b[at] ?? 0);
  if (firstPre === secondPre) return 0;
  if (firstPre === undefined) return 1;
  if (secondPre === undefined) return -1;
  return firstPre < secondPre ? -1 : 1;
}
