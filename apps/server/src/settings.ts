// The door for programs that read the settings and do not run with them.
export { readSettings, Settings } from "./settings/read-settings.ts";
export { AGE_PREFIX, SETTINGS_FILE } from "./settings/read-settings-file.ts";
export { MASK, Secret } from "./settings/secret.ts";
export { SERVER_SETTINGS } from "./settings/server-settings.ts";
export { SettingProblem } from "./settings/setting-problem.ts";
export {
  flagOf,
  variableOf,
  type EffectiveSetting,
  type Setting,
  type SettingValue,
} from "./settings/setting.ts";
