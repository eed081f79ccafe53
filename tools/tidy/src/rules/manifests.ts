import { fileKind, workspaceOf } from "../file-kind.ts";
import { importsOf, packageOf } from "../imports.ts";
import type { Finding, Rule } from "../rule.ts";
import type { Tree } from "../tree.ts";

/** Packages are pinned exactly, declared where they are used and nowhere else, and locked without a registry's address. */
export const manifests: Rule = {
  name: "manifests",
  check: (tree) => [
    ...manifestsOf(tree).flatMap((file) => inexact(tree, file)),
    ...manifestsOf(tree).flatMap((file) => unlocked(tree, file)),
    ...manifestsOf(tree).flatMap((file) => deadDoors(tree, file)),
    ...lockedHosts(tree),
    ...undeclared(tree),
    ...unused(tree),
  ],
};

const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/** Examples are other people's repositories: they are copied out of this one, and locked there. */
function manifestsOf(tree: Tree): readonly string[] {
  return tree.paths.filter(
    (file) => /(^|\/)package\.json$/.test(file) && !file.startsWith("examples/"),
  );
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readTable(tree: Tree, file: string): Table {
  const value: unknown = JSON.parse(tree.text(file) ?? "{}");
  return isTable(value) ? value : {};
}

function section(manifest: Table, name: string): Table {
  const value = manifest[name];
  return isTable(value) ? value : {};
}

function inexact(tree: Tree, file: string): readonly Finding[] {
  const manifest = readTable(tree, file);
  return SECTIONS.flatMap((name) => Object.entries(section(manifest, name))).flatMap(
    ([name, version]) => {
      if (
        typeof version === "string" &&
        /^(npm:(@[^@/]+\/)?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)
      )
        return [];
      return [
        {
          file,
          line: lineWith(tree, file, `"${name}"`),
          message: `${name} has the version "${String(version)}"; pin it exactly`,
        },
      ];
    },
  );
}

/** A workspace that the lockfile does not know makes `npm ci` fail. */
function unlocked(tree: Tree, file: string): readonly Finding[] {
  const folder = file.replace(/\/?package\.json$/, "");
  const packages = section(readTable(tree, "package-lock.json"), "packages");
  const locked = packages[folder];
  if (!isTable(locked))
    return [{ file, line: 1, message: "is not in package-lock.json; run npm install" }];
  const manifest = readTable(tree, file);
  return SECTIONS.flatMap((name) => {
    const [here, there] = [section(manifest, name), section(locked, name)];
    const changed = [...new Set([...Object.keys(here), ...Object.keys(there)])].filter(
      (one) => here[one] !== there[one],
    );
    return changed.map((one) => ({
      file,
      line: lineWith(tree, file, `"${one}"`),
      message: `${one} differs from package-lock.json; run npm install`,
    }));
  });
}

/** What a package offers is there. */
function deadDoors(tree: Tree, file: string): readonly Finding[] {
  const folder = file.replace(/package\.json$/, "");
  const manifest = readTable(tree, file);
  const offered = [
    ...Object.values(section(manifest, "exports")),
    ...Object.values(section(manifest, "bin")),
  ];
  return offered
    .filter(
      (path) => typeof path !== "string" || !tree.exists(`${folder}${path.replace("./", "")}`),
    )
    .map((path) => ({
      file,
      line: lineWith(tree, file, String(path)),
      message: `offers ${String(path)}, which is not there; correct the path, or take it out`,
    }));
}

function lockedHosts(tree: Tree): readonly Finding[] {
  const file = "package-lock.json";
  return (tree.text(file) ?? "").split("\n").flatMap((text, index) =>
    /"resolved": "https?:/.test(text)
      ? [
          {
            file,
            line: index + 1,
            message:
              "names a registry's address; set omit-lockfile-registry-resolved=true and lock again",
          },
        ]
      : [],
  );
}

function undeclared(tree: Tree): readonly Finding[] {
  const root = readTable(tree, "package.json");
  return tree.typescript.flatMap((file) => {
    const workspace = workspaceOf(file);
    if (workspace === undefined) return [];
    const own = readTable(tree, `${workspace}/package.json`);
    const name = own["name"];
    const usable = new Set(SECTIONS.flatMap((one) => Object.keys(section(own, one))));
    // Tests and tools use what the root has for development; products declare what they need to run.
    const product = fileKind(file) === "source" && !workspace.startsWith("tools/");
    if (!product) for (const one of Object.keys(section(root, "devDependencies"))) usable.add(one);
    return importsOf(tree, file).flatMap(({ specifier, line }) => {
      const wanted = packageOf(specifier);
      const builtIn = specifier.startsWith(".") || specifier.startsWith("node:") || wanted === name;
      if (builtIn || usable.has(wanted) || (!product && wanted.startsWith("@swoosh/"))) return [];
      return [
        {
          file,
          line,
          message: `imports ${wanted}, which ${workspace}/package.json does not list; add it there`,
        },
      ];
    });
  });
}

/**
 * What a workspace declares it uses: the name stands in quotes in one of its files, as an import or as what is required at
 * run time. The root's tools are named in scripts and settings instead, and types by the compiler.
 */
function unused(tree: Tree): readonly Finding[] {
  return manifestsOf(tree).flatMap((file) => {
    const folder = file.slice(0, -"package.json".length);
    if (folder === "") return [];
    const texts = tree.paths
      .filter((path) => path.startsWith(folder) && /\.(?:ts|tsx|mjs|js)$/.test(path))
      .map((path) => tree.text(path) ?? "");
    const manifest = readTable(tree, file);
    return SECTIONS.flatMap((name) => Object.keys(section(manifest, name)))
      .filter((name) => !name.startsWith("@types/"))
      .filter(
        (name) => !texts.some((text) => text.includes(`"${name}"`) || text.includes(`"${name}/`)),
      )
      .map((name) => ({
        file,
        line: lineWith(tree, file, `"${name}"`),
        message: `[declared, unused] lists ${name}, which nothing in ${folder} imports; take it out and run npm install`,
      }));
  });
}

function lineWith(tree: Tree, file: string, text: string): number {
  const index = (tree.text(file) ?? "").split("\n").findIndex((line) => line.includes(text));
  return index + 1 || 1;
}
