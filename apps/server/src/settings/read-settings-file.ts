import { existsSync, readFileSync } from "node:fs";
import { parseYaml } from "@swoosh/kernel/yaml";
import { ageIdentities } from "../keys/age-identity.ts";
import { decryptAge, isAgeFile } from "../keys/age.ts";
import { KeyProblem } from "../keys/key-problem.ts";
import { Secret } from "./secret.ts";
import { SettingProblem } from "./setting-problem.ts";

/** Name of the file, looked for in the working folder; with `.age` behind it, it is encrypted as a whole. */
export const SETTINGS_FILE = "swoosh.config.yaml";
/** What an encrypted value begins with; base64 of an age file follows. */
export const AGE_PREFIX = "age:";
/** The setting that names the identity: in the file it must be readable without one. */
const IDENTITY_SETTING = "age-identity";

/**
 * Keys and values of the settings file; empty where there is none. What was encrypted comes as a `Secret`. `onIdentity` is
 * told which age identity the file names, before anything is decrypted. Throws `SettingProblem` with line and column.
 */
export function readSettingsFile(
  path: string,
  onIdentity: (file: string) => void = () => {},
): Readonly<Record<string, unknown>> {
  const whole = `${path}.age`;
  if (!existsSync(whole))
    return existsSync(path)
      ? opened(parse(path, readFileSync(path, "utf8")), path, onIdentity)
      : {};
  if (existsSync(path))
    throw new SettingProblem(`${path} and ${whole} are both there; keep one of them`);
  const bytes = readFileSync(whole);
  if (!isAgeFile(bytes))
    throw new SettingProblem(`${whole} is no age file; make one with age, or name it ${path}`);
  const text = Buffer.from(decrypted(bytes, whole)).toString("utf8");
  return Object.fromEntries(
    Object.entries(parse(whole, text)).map(([name, value]) => [name, hidden(value)]),
  );
}

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  const { problems, value } = parseYaml(text);
  const [problem] = problems;
  if (problem !== undefined)
    throw new SettingProblem(`${path}:${problem.line}:${problem.column}: ${problem.message}`);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SettingProblem(`${path} must be a map of settings`);
  return { ...value };
}

function opened(
  values: Readonly<Record<string, unknown>>,
  path: string,
  onIdentity: (file: string) => void,
): Readonly<Record<string, unknown>> {
  const identity = values[IDENTITY_SETTING];
  if (typeof identity === "string") onIdentity(identity);
  const open = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => open(one, name));
    if (typeof value !== "string" || !value.startsWith(AGE_PREFIX)) return value;
    const bytes = Buffer.from(value.slice(AGE_PREFIX.length), "base64");
    return new Secret(Buffer.from(decrypted(bytes, `${path}: ${name}`)).toString("utf8"));
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, open(value, name)]),
  );
}

/** Everything of a file that was encrypted whole is as secret as the file. */
function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  return new Secret(typeof value === "string" ? value : JSON.stringify(value));
}

function decrypted(bytes: Uint8Array, place: string): Uint8Array {
  try {
    return decryptAge(bytes, ageIdentities());
  } catch (error) {
    if (!(error instanceof KeyProblem)) throw error;
    throw new SettingProblem(`${place} cannot be decrypted: ${error.message}`, { cause: error });
  }
}
