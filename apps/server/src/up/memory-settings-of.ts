import type { EmbedderName } from "../memory/choose-embedder.ts";
import type { MemorySettings } from "../memory/memory-thread.ts";
import { SettingProblem } from "../settings/setting-problem.ts";
import type { Settings } from "../settings/read-settings.ts";

/** Held to the type: the mesh itself is loaded by the thread alone. */
const EMBEDDERS: Readonly<Record<EmbedderName, true>> = {
  ngrams: true,
  ollama: true,
  openai: true,
};

/** How memories are kept, by the settings. Throws `SettingProblem`. */
export function memorySettingsOf(settings: Settings): MemorySettings {
  const url = settings.optionalText("embedder-url");
  if (url !== undefined && !isWebAddress(url))
    throw new SettingProblem(
      `embedder-url is ${settings.shown("embedder-url")}; an address that begins with http:// or https:// is expected`,
    );
  const model = settings.optionalText("embedder-model");
  const key = settings.secret("embedder-key")?.reveal();
  // A request with it cannot be made, and what says so has it in its message.
  if (key !== undefined && !/^[\x21-\x7e]*$/.test(key))
    throw new SettingProblem(
      "embedder-key has a blank, a line end or a letter beyond ASCII in it, which no header takes",
    );
  return {
    embedder: {
      embedder: nameOf(settings),
      ...(url === undefined ? {} : { embedderUrl: url }),
      ...(model === undefined ? {} : { embedderModel: model }),
    },
    ...(key === undefined ? {} : { key }),
    timeoutMs: settings.integer("embedder-seconds") * 1_000,
  };
}

function nameOf(settings: Settings): EmbedderName {
  const given = settings.text("embedder");
  for (const name of ["ngrams", "ollama", "openai"] as const) if (name === given) return name;
  throw new SettingProblem(
    `embedder is ${settings.shown("embedder")}; ${Object.keys(EMBEDDERS).join(", ")} are expected`,
  );
}

function isWebAddress(text: string): boolean {
  const { protocol } = URL.parse(text) ?? {};
  return protocol === "http:" || protocol === "https:";
}
