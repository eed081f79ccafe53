import type { Secret } from "./secret.ts";

/** One setting, said once: flag, environment variable, key in the file, default, and what a person reads of it. */
export interface Setting {
  /** Key in `swoosh.config.yaml`; the flag is `--<name>`, the variable `SWOOSH_<NAME>`. */
  readonly name: string;
  readonly kind: "text" | "integer" | "switch" | "list" | "secret";
  /** What it is without anybody saying so; null: nothing. */
  readonly default: string | number | boolean | readonly string[] | null;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description: string;
}

export type SettingValue = string | number | boolean | readonly string[] | Secret | null;

/** Where a value comes from, strongest first. */
export type SettingOrigin = "flag" | "environment" | "file" | "default";

export interface EffectiveSetting {
  readonly setting: Setting;
  readonly value: SettingValue;
  readonly origin: SettingOrigin;
  /** A secret, or a value that somebody encrypted: it is masked wherever settings are printed. */
  readonly isHidden: boolean;
}

export function flagOf({ name }: Setting): string {
  return `--${name}`;
}

export function variableOf({ name }: Setting): string {
  return `SWOOSH_${name.toUpperCase().replaceAll("-", "_")}`;
}
