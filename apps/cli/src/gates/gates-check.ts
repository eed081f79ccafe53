import { existsSync, globSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { LineCounter, parseAllDocuments } from "yaml";
import {
  auditDependencies,
  checkCompression,
  checkDocstrings,
  checkDocuments,
  checkEventLog,
  checkLicences,
  checkLinks,
  checkParameters,
  checkPerformance,
  checkSecrets,
  checkShape,
  LICENCES_ALLOWED,
  parseDecimal,
  parseDuration,
  unknownKeywords,
  type Advisory,
  type Finding,
  type Shape,
} from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { readText } from "../read-text.ts";
import { WorldError } from "../world-error.ts";
import { readMetrics } from "./read-metrics.ts";
import { git } from "./repository.ts";
import { trackedPaths, trackedTexts } from "./tracked-texts.ts";

export interface CheckOptions {
  readonly repo?: string;
  readonly json: boolean;
  /** Everything that stands behind the name: files, or a command. */
  readonly words: readonly string[];
  /** Docstrings: every parameter is named as well. */
  readonly parameters?: boolean;
  readonly schema?: string;
  readonly monotone?: string;
  readonly baseline?: string;
  readonly tolerance?: string;
  readonly higher?: readonly string[];
  readonly seed?: string;
  readonly atLeast?: string;
  readonly budget?: string;
  readonly url?: string;
  readonly within?: string;
  readonly expect?: string;
  readonly verify?: string;
  readonly allow?: readonly string[];
  readonly except?: readonly string[];
  readonly advisories?: string;
}

type Check = (root: string, options: CheckOptions) => Promise<readonly Finding[]>;

/** The gates that ship, by name; what needs the kernel or starts programs is loaded when it is asked for. */
const CHECKS: Readonly<Record<string, Check>> = {
  audit: async (root, options) =>
    auditDependencies(
      fileOf(root, options.words[0] ?? "package-lock.json"),
      readAdvisories(root, options.advisories),
    ),
  "clean-boot": async (root, options) => {
    const { checkCleanBoot } = await import("./check-program.ts");
    return checkCleanBoot(root, programOf(options));
  },
  compression: async (root, options) => checkCompression(compressionOf(root, options)),
  contracts: async (root) => {
    const { checkContractsFile } = await import("./contracts-file.ts");
    return checkContractsFile(root);
  },
  docstrings: async (root, options) => {
    const globs = ["**/*.ts", "**/*.js", "**/*.mjs", "**/*.py"];
    const files = await sources(root, options.words, globs);
    return [
      ...checkDocstrings(files),
      ...(options.parameters === true ? checkParameters(files) : []),
    ];
  },
  "event-log": async (root, options) => eventLog(root, options),
  "front-matter": async (root, options) =>
    checkDocuments(await sources(root, options.words, ["**/*.md"])),
  json: async (root, options) =>
    (await sources(root, options.words, ["**/*.json"])).flatMap(({ path, text }) =>
      jsonProblem(path, text),
    ),
  "kill-and-recover": async (root, options) => {
    const { checkRecovery } = await import("./check-program.ts");
    return checkRecovery(root, programOf(options));
  },
  licences: async (root, options) =>
    checkLicences(
      fileOf(root, options.words[0] ?? "package-lock.json"),
      options.allow ?? LICENCES_ALLOWED,
      options.except ?? [],
    ),
  links: async (root, options) => {
    const paths = new Set(await trackedPaths(root));
    return checkLinks(
      await sources(root, options.words, ["**/*.md"]),
      (path) => path === "" || paths.has(path) || existsSync(join(root, path)),
    );
  },
  memory: async (root, options) => {
    const { checkMemory } = await import("./check-program.ts");
    return checkMemory(root, {
      command: commandOf(options),
      budgetBytes: bytesOf(options.budget ?? "512MiB"),
      timeoutMs: durationOf(options.within ?? "10m"),
    });
  },
  performance: async (root, options) => performanceOf(root, options),
  secrets: async (root, options) => checkSecrets(await trackedTexts(root, options.words)),
  "spec-drift": async (root) => {
    const { checkSpecFile } = await import("./spec-file.ts");
    return checkSpecFile(root);
  },
  yaml: async (root, options) => yamlFiles(root, options),
};

export const CHECK_NAMES: readonly string[] = Object.keys(CHECKS);

/** `swoosh gates check NAME`: 0 nothing found, 1 findings, each with its place. */
export async function runGatesCheck(
  port: ConsolePort,
  name: string,
  options: CheckOptions,
): Promise<ExitCode> {
  const check = CHECKS[name];
  if (check === undefined)
    throw new WorldError(`there is no gate "${name}"; there are ${CHECK_NAMES.join(", ")}`);
  const root = resolve(
    options.repo ??
      process.env["SWOOSH_ROOT"] ??
      (await git(process.cwd(), ["rev-parse", "--show-toplevel"]))?.trim() ??
      process.cwd(),
  );
  const findings = await check(root, options);
  if (options.json)
    port.out(`${JSON.stringify({ gate: name, ok: findings.length === 0, findings })}\n`);
  else {
    const paint = createPaint(port.colour.out);
    for (const { file, line, message } of findings.slice(0, 100))
      port.out(
        `${paint.strong(plainText(line === null ? file : `${file}:${line}`))}: ${plainText(message)}\n`,
      );
    if (findings.length > 100) port.out(`… and ${findings.length - 100} more\n`);
    port.out(
      findings.length === 0
        ? `${name}: nothing found\n`
        : `${name}: ${findings.length} finding${findings.length === 1 ? "" : "s"}\n`,
    );
  }
  return findings.length === 0 ? EXIT.ok : EXIT.no;
}

async function sources(root: string, words: readonly string[], globs: readonly string[]) {
  return trackedTexts(root, words.length === 0 ? globs : words);
}

function fileOf(root: string, path: string): string {
  return readText(resolve(root, path), 67_108_864);
}

function jsonProblem(path: string, text: string): readonly Finding[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    // Settings files of tools may have comments: they are theirs to judge.
    if (/(^|\/)(tsconfig[^/]*|jsconfig|\.oxlintrc|\.eslintrc|settings|launch)\.json$/.test(path))
      return [];
    return [
      {
        file: path,
        line: null,
        message: `is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      },
    ];
  }
}

/** Every YAML file parses; with a schema, those that are named also have its shape. */
async function yamlFiles(root: string, options: CheckOptions): Promise<readonly Finding[]> {
  const schema = options.schema === undefined ? undefined : readShape(root, options.schema);
  if (schema?.problems !== undefined && schema.problems.length > 0) return schema.problems;
  const files = await sources(root, options.words, ["**/*.yaml", "**/*.yml"]);
  if (files.length === 0 && options.words.length > 0)
    return [
      {
        file: options.words.join(" "),
        line: null,
        message: "names no file: nothing was looked at",
      },
    ];
  return files.flatMap(({ path, text }) => {
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
    if (!Array.isArray(documents)) return [];
    return documents.flatMap((document): readonly Finding[] => {
      const [error] = document.errors;
      if (error !== undefined)
        return [
          {
            file: path,
            line: lines.linePos(error.pos[0]).line,
            message: error.message.split("\n")[0] ?? "is no YAML",
          },
        ];
      if (schema === undefined) return [];
      const value: unknown = document.toJS();
      return checkShape(value, schema.shape, "file").map((message) => ({
        file: path,
        line: null,
        message,
      }));
    });
  });
}

function readShape(
  root: string,
  path: string,
): { readonly shape: Shape; readonly problems: readonly Finding[] } {
  const [document] = parseAllDocuments(fileOf(root, path));
  const shape: Shape = document === undefined || !("toJS" in document) ? {} : document.toJS();
  return {
    shape,
    problems: unknownKeywords(shape).map((keyword) => ({
      file: path,
      line: null,
      message: `${keyword} is not understood; a rule that is not looked at is no rule`,
    })),
  };
}

function eventLog(root: string, options: CheckOptions): readonly Finding[] {
  const [path] = options.words;
  if (path === undefined)
    throw new WorldError("no log is named; swoosh gates check event-log LOG.jsonl --schema SCHEMA");
  if (!existsSync(resolve(root, path)))
    return [
      { file: path, line: null, message: "is not there; a log that is missing proves nothing" },
    ];
  const read =
    options.schema === undefined
      ? { shape: { type: "object" }, problems: [] }
      : readShape(root, options.schema);
  if (read.problems.length > 0) return read.problems;
  return checkEventLog(
    { path, text: fileOf(root, path) },
    { shape: read.shape, monotone: options.monotone ?? null },
  );
}

function compressionOf(
  root: string,
  options: CheckOptions,
): Parameters<typeof checkCompression>[0] {
  const size = (globs: readonly string[]): { readonly bytes: number; readonly files: number } => {
    const files = globs
      .flatMap((glob) => globSync(glob, { cwd: root }))
      .filter((path) => statSync(join(root, path)).isFile());
    return {
      bytes: files.reduce((sum, path) => sum + statSync(join(root, path)).size, 0),
      files: files.length,
    };
  };
  const dumps = size(options.baseline === undefined ? [] : [options.baseline]);
  const events = size(options.words);
  const least = parseDecimal(options.atLeast ?? "2") ?? 2_000_000;
  return {
    baselineBytes: dumps.bytes,
    baselineFiles: dumps.files,
    compressedBytes: events.bytes,
    compressedFiles: events.files,
    permilleMin: Math.floor(least / 1_000),
  };
}

function performanceOf(root: string, options: CheckOptions): readonly Finding[] {
  const [path] = options.words;
  if (path === undefined || options.baseline === undefined)
    throw new WorldError(
      'swoosh gates check performance NOW.jsonl --baseline BEFORE.jsonl; both hold lines {"metric":…,"value":…}',
    );
  const read = (file: string) =>
    existsSync(resolve(root, file)) ? readMetrics(fileOf(root, file)).metrics : [];
  const tolerance = parseDecimal(options.tolerance ?? "0.1") ?? 100_000;
  return checkPerformance(read(options.baseline), read(path), {
    tolerancePermille: Math.floor(tolerance / 1_000),
    higherIsBetter: options.higher ?? [],
    seed: Number(options.seed ?? 1),
  });
}

function readAdvisories(root: string, path: string | undefined): readonly Advisory[] {
  if (path === undefined) return [];
  const listed: unknown = JSON.parse(fileOf(root, path));
  if (!Array.isArray(listed))
    throw new WorldError(`${path}: a list of {package, vulnerable, id} is expected`);
  return listed.filter(
    (one): one is Advisory =>
      typeof one === "object" &&
      one !== null &&
      "package" in one &&
      "vulnerable" in one &&
      "id" in one,
  );
}

function commandOf({ words }: CheckOptions): string {
  if (words.length === 0) throw new WorldError("no command is given; write it behind --");
  return words.length === 1
    ? (words[0] ?? "")
    : words
        .map((word) =>
          /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
        )
        .join(" ");
}

function programOf(options: CheckOptions) {
  if (options.url === undefined)
    throw new WorldError(
      "--url is missing: where the program answers when it is ready; {port} stands for a free port",
    );
  return {
    command: commandOf(options),
    url: options.url,
    withinMs: durationOf(options.within ?? "30s"),
    expect: options.expect ?? null,
    verify: options.verify ?? null,
  };
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new WorldError(`"${text}" is no duration; 500ms, 30s, 5m`);
  return ms;
}

function bytesOf(text: string): number {
  const found = /^(\d+)\s*(B|KiB|MiB|GiB|KB|MB|GB)?$/i.exec(text);
  const units: Readonly<Record<string, number>> = {
    b: 1,
    kib: 1_024,
    mib: 1_048_576,
    gib: 1_073_741_824,
    kb: 1_000,
    mb: 1_000_000,
    gb: 1_000_000_000,
  };
  if (found === null) throw new WorldError(`"${text}" is no size; 512MiB, 6GB`);
  return Number(found[1]) * (units[(found[2] ?? "B").toLowerCase()] ?? 1);
}
