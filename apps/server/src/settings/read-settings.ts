import { join } from "node:path";
import process from "node:process";
import { useAgeIdentity } from "../keys/age-identity.ts";
import { readSettingsFile, SETTINGS_FILE } from "./read-settings-file.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { SERVER_SETTINGS } from "./server-settings.ts";
import { MASK, Secret } from "./secret.ts";
import { SettingProblem } from "./setting-problem.ts";
import type { EffectiveSetting } from "./setting.ts";

/** The effective settings of this process, with what reads them by type. */
export class Settings {
  readonly effective: ReadonlyMap<string, EffectiveSetting>;

  constructor(effective: ReadonlyMap<string, EffectiveSetting>) {
    this.effective = effective;
  }

  text(name: string): string {
    return this.optionalText(name) ?? "";
  }

  optionalText(name: string): string | undefined {
    const value = this.effective.get(name)?.value;
    return typeof value === "string" ? value : undefined;
  }

  integer(name: string): number {
    const value = this.optionalInteger(name);
    if (value === undefined) throw new SettingProblem(`${name} is no integer setting`);
    return value;
  }

  optionalInteger(name: string): number | undefined {
    const value = this.effective.get(name)?.value;
    return typeof value === "number" ? value : undefined;
  }

  secret(name: string): Secret | undefined {
    const value = this.effective.get(name)?.value;
    return value instanceof Secret ? value : undefined;
  }

  switch(name: string): boolean {
    return this.effective.get(name)?.value === true;
  }

  list(name: string): readonly string[] {
    const value = this.effective.get(name)?.value;
    return Array.isArray(value) ? value : [];
  }

  /** As a message may say it: what somebody encrypted is masked. */
  shown(name: string): string {
    const { isHidden = false, value = null } = this.effective.get(name) ?? {};
    return isHidden ? MASK : JSON.stringify(value);
  }

  isDefault(name: string): boolean {
    return this.effective.get(name)?.origin === "default";
  }
}

/** Flags as given, then the environment and `swoosh.config.yaml` of the working folder. */
export function readSettings(flags: Readonly<Record<string, unknown>>): Settings {
  const filePath = join(process.cwd(), SETTINGS_FILE);
  const said = flags["age-identity"];
  const flag = typeof said === "string" ? { flag: said } : {};
  useAgeIdentity(flag);
  const file = readSettingsFile(filePath, (identity) =>
    useAgeIdentity({ ...flag, file: identity }),
  );
  return new Settings(
    resolveSettings(SERVER_SETTINGS, { flags, environment: process.env, file, filePath }),
  );
}
