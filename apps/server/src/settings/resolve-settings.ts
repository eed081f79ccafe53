import { holdsCredentials } from "./holds-credentials.ts";
import { Secret } from "./secret.ts";
import { SettingProblem } from "./setting-problem.ts";
import {
  flagOf,
  variableOf,
  type EffectiveSetting,
  type Setting,
  type SettingOrigin,
  type SettingValue,
} from "./setting.ts";

export interface SettingSources {
  /** By name, as the command line gives them; absent ones were not said. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the file says, by name, and its path for messages. */
  readonly file: Readonly<Record<string, unknown>>;
  readonly filePath: string;
}

/** Precedence: flag, environment, file, default. Throws `SettingProblem` for what cannot be, and for unknown keys of the file. */
export function resolveSettings(
  settings: readonly Setting[],
  sources: SettingSources,
): ReadonlyMap<string, EffectiveSetting> {
  const names = new Set(settings.map(({ name }) => name));
  for (const key of Object.keys(sources.file))
    if (!names.has(key))
      throw new SettingProblem(
        `${sources.filePath}: there is no setting ${JSON.stringify(key)}; there are ${[...names].join(", ")}`,
      );
  return new Map(settings.map((setting) => [setting.name, resolve(setting, sources)]));
}

function resolve(setting: Setting, sources: SettingSources): EffectiveSetting {
  const { name } = setting;
  const flag = sources.flags[name];
  if (flag !== undefined) return found(setting, flag, { origin: "flag", place: flagOf(setting) });
  const variable = variableOf(setting);
  const text = sources.environment[variable];
  if (text !== undefined) return found(setting, text, { origin: "environment", place: variable });
  const value = sources.file[name];
  if (value !== undefined)
    return found(setting, value, { origin: "file", place: `${sources.filePath}: ${name}` });
  return { setting, value: setting.default, origin: "default", isHidden: false };
}

function found(
  setting: Setting,
  given: unknown,
  { origin, place }: { readonly origin: SettingOrigin; readonly place: string },
): EffectiveSetting {
  const isHidden = setting.kind === "secret" || isSecret(given);
  const value = valueOf(setting, opened(given), { place, hidden: isHidden });
  const texts = typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  if (texts.some(holdsCredentials))
    throw new SettingProblem(
      `${place} holds a password, or a name, before the host of its address; take it out, for addresses are printed: what a peer asks for has a setting of its own, such as otlp-headers or gitea-token`,
    );
  return { setting, value, origin, isHidden };
}

/** The file's reader hands out what was encrypted as secrets, also in lists. */
function isSecret(given: unknown): boolean {
  return given instanceof Secret || (Array.isArray(given) && given.some(isSecret));
}

function opened(given: unknown): unknown {
  if (given instanceof Secret) return given.reveal();
  return Array.isArray(given) ? given.map(opened) : given;
}

interface About {
  readonly place: string;
  /** It was encrypted: messages do not repeat it. */
  readonly hidden: boolean;
}

function valueOf(setting: Setting, given: unknown, about: About): SettingValue {
  switch (setting.kind) {
    case "text":
      if (typeof given === "string" && given !== "") return given;
      throw wrong(setting, given, { ...about, wanted: "a text" });
    case "switch":
      if (given === true || given === "true" || given === "1") return true;
      if (given === false || given === "false" || given === "0") return false;
      throw wrong(setting, given, { ...about, wanted: "true or false" });
    case "list":
      if (typeof given === "string") return given.split(",").filter((one) => one !== "");
      if (Array.isArray(given) && given.every((one) => typeof one === "string")) return given;
      throw wrong(setting, given, { ...about, wanted: "texts" });
    case "secret":
      if (typeof given === "string" && given !== "") return new Secret(given);
      throw wrong(setting, given, { ...about, wanted: "a text" });
    default:
      return integerOf(setting, given, about);
  }
}

function integerOf(setting: Setting, given: unknown, about: About): number {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = setting;
  const isText = typeof given === "string" && /^\d{1,16}$/.test(given);
  const number = isText ? Number(given) : given;
  if (
    typeof number === "number" &&
    Number.isSafeInteger(number) &&
    number >= minimum &&
    number <= maximum
  )
    return number;
  throw wrong(setting, given, { ...about, wanted: `an integer from ${minimum} to ${maximum}` });
}

function wrong(
  { kind }: Setting,
  given: unknown,
  { hidden, place, wanted }: About & { readonly wanted: string },
): SettingProblem {
  const said = kind === "secret" || hidden ? "of another form" : JSON.stringify(given);
  return new SettingProblem(`${place} is ${said}; ${wanted} is expected`);
}
