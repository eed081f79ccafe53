import type { MeasuredSources } from "@swoosh/mesh";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { LENT_FROM } from "./lend.ts";

/** Texts by their path from the root of the repository, with `/`. */
export interface SourceTree {
  /** Names of the files of a folder; none where it is not there. */
  readonly list: (folder: string) => readonly string[];
  /** Undefined: there is no such file. */
  readonly read: (path: string) => string | undefined;
}

const MESH = "packages/mesh/src";
const HOST = "apps/cli/src/mesh";
const EXPERIMENTS = `${MESH}/experiments`;
const DOOR = `${MESH}/index.ts`;
/** What runs and judges every experiment. */
const JUDGES = [`${EXPERIMENTS}/run-experiment.ts`, `${EXPERIMENTS}/summarise-experiment.ts`];

/** A file as a stamp sees it. */
interface Module {
  /** Without comments. */
  readonly text: string;
  /** Paths of what it loads. */
  readonly loads: readonly string[];
}

/**
 * What an experiment was measured on: the module that defines it, what runs and judges it, what they lend of this program, and
 * all that these import within the mesh and within this program's part of it, file by file. Types, tests and comments on
 * lines of their own are left out: they measure nothing. So are the table of all experiments, other packages and dependencies.
 *
 * S1 nothing but paths and texts of these files decides: no clock, no order of a folder, no git.
 */
export class MeshSources {
  readonly #tree: SourceTree;
  readonly #modules = new Map<string, Module | undefined>();
  #doorNames: ReadonlyMap<string, string> | undefined;

  constructor(tree: SourceTree) {
    this.#tree = tree;
  }

  /** Undefined: no module defines it, or there are no sources here. */
  measured(id: string): MeasuredSources | undefined {
    const of = this.#definitionOf(id);
    if (of === undefined) return undefined;
    const all = this.stamped(id);
    const hash = createHash("sha256");
    for (const path of [...all.keys()].toSorted())
      hash.update(`${path}\n${all.get(path)?.length ?? 0}\n${all.get(path) ?? ""}`);
    return { of: posix.relative(MESH, of), files: all.size, hash: hash.digest("hex").slice(0, 16) };
  }

  /** What a stamp is over: texts without comments, by path; none where nothing defines the experiment. */
  stamped(id: string): ReadonlyMap<string, string> {
    const of = this.#definitionOf(id);
    if (of === undefined) return new Map();
    const own = this.#reachedFrom([of, ...JUDGES]);
    const lent = [...own.values()].flatMap((text) =>
      [...text.matchAll(LENT)].flatMap(([, name = ""]) => LENT_FROM.get(name) ?? []),
    );
    return this.#reachedFrom([of, ...JUDGES, ...lent.map((file) => `${HOST}/${file}`)]);
  }

  /** The one module in which the id stands as an experiment's. */
  #definitionOf(id: string): string | undefined {
    const found = this.#tree
      .list(EXPERIMENTS)
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => `${EXPERIMENTS}/${name}`)
      .filter((path) => this.#moduleAt(path)?.text.includes(`id: "${id}"`) === true);
    return found.length === 1 ? found[0] : undefined;
  }

  /** Texts by path, of some files and of whatever runs with them. */
  #reachedFrom(entries: readonly string[]): ReadonlyMap<string, string> {
    const reached = new Map<string, string>();
    const waiting = [...entries];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const module = reached.has(path) ? undefined : this.#moduleAt(path);
      if (module === undefined) continue;
      reached.set(path, module.text);
      waiting.push(...module.loads);
    }
    return reached;
  }

  #moduleAt(path: string): Module | undefined {
    if (!path.startsWith(`${MESH}/`) && !path.startsWith(`${HOST}/`)) return undefined;
    if (!this.#modules.has(path)) {
      const whole = this.#tree.read(path);
      const text = whole === undefined ? undefined : withoutComments(whole);
      const loads = text === undefined ? [] : this.#loadsOf(path, text);
      this.#modules.set(path, text === undefined ? undefined : { text, loads });
    }
    return this.#modules.get(path);
  }

  /** Files that a module loads: by names from the mesh's door too, each from where it is made. */
  #loadsOf(path: string, text: string): readonly string[] {
    const at = (target: string): string => posix.join(posix.dirname(path), target);
    const named = [...text.matchAll(STATEMENT)].flatMap(([, clause = "", target = ""]) => {
      const names = namesOf(clause);
      if (target === "@swoosh/mesh") return names.flatMap((name) => this.#door.get(name) ?? []);
      return target.startsWith(".") && names.length > 0 ? [at(target)] : [];
    });
    const loaded = [...text.matchAll(LOADED)].map(([, call, bare, url]) =>
      at(call ?? bare ?? url ?? ""),
    );
    return [...named, ...loaded];
  }

  /** What the mesh's door gives, and from which file. The door itself measures nothing. */
  get #door(): ReadonlyMap<string, string> {
    const text = withoutComments(this.#tree.read(DOOR) ?? "");
    this.#doorNames ??= new Map(
      [...text.matchAll(STATEMENT)].flatMap(([, clause = "", target = ""]) =>
        namesOf(clause).map((name) => [name, posix.join(MESH, target)] as const),
      ),
    );
    return this.#doorNames;
  }
}

/** The sources that this program runs from; without any where it was installed without them. */
export function checkedOutSources(): MeshSources {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  return new MeshSources({
    list: (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []),
    read: (path) =>
      existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined,
  });
}

const LENT = /\.lend\("([A-Za-z]+)"\)/g;

/** Lines that are nothing but a comment are left out. */
function withoutComments(text: string): string {
  let isInside = false;
  return text
    .split("\n")
    .filter((line) => {
      const words = line.trim();
      const isComment = isInside || words.startsWith("//") || words.startsWith("/*");
      isInside = (isInside || words.startsWith("/*")) && !words.includes("*/");
      return !isComment || isCodeAfter(words);
    })
    .join("\n");
}

/** Code behind the end of a comment, on its line. */
function isCodeAfter(words: string): boolean {
  const end = words.indexOf("*/");
  return end >= 0 && words.slice(end + 2).trim() !== "";
}

const STATEMENT = /^(?:import|export)\s+(?!type\s)([^"';=]*?)\s*from\s+"([^"]+)"/gm;
const LOADED = /\bimport\(\s*"(\.[^"]+)"|^import\s+"(\.[^"]+)"|new URL\("([^"]+\.ts)", import/gm;

/** `{ a, type B, c as d }` → a and c: types are gone when it runs. */
function namesOf(clause: string): readonly string[] {
  return clause
    .replaceAll(/[{}]/g, "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "))
    .map((name) => name.split(" ")[0] ?? "");
}
