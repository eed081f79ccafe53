import { existsSync, readFileSync } from "node:fs";
import { parseYaml } from "@swoosh/kernel/yaml";
import { SettingProblem } from "./setting-problem.ts";

/** Name of the file, looked for in the working folder. */
export const SETTINGS_FILE = "swoosh.config.yaml";

/** Keys and values of the settings file; empty where there is none. Throws `SettingProblem` with line and column. */
export function readSettingsFile(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {};
  const { problems, value } = parseYaml(readFileSync(path, "utf8"));
  const [problem] = problems;
  if (problem !== undefined)
    throw new SettingProblem(`${path}:${problem.line}:${problem.column}: ${problem.message}`);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SettingProblem(`${path} must be a map of settings`);
  return { ...value };
}
