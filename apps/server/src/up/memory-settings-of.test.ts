import { expect, it } from "vitest";
import { Settings } from "../settings/read-settings.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { SERVER_SETTINGS } from "../settings/server-settings.ts";
import { memorySettingsOf } from "./memory-settings-of.ts";

const of = (environment: Readonly<Record<string, string>>) =>
  memorySettingsOf(
    new Settings(
      resolveSettings(SERVER_SETTINGS, { flags: {}, environment, file: {}, filePath: "none" }),
    ),
  );

it("says what makes vectors: the built-in embedder, or a server with its model, key and patience", () => {
  expect(of({})).toEqual({ embedder: { embedder: "ngrams" }, timeoutMs: 10_000 });
  const settings = of({
    SWOOSH_EMBEDDER: "openai",
    SWOOSH_EMBEDDER_URL: "https://models.example",
    SWOOSH_EMBEDDER_MODEL: "small",
    SWOOSH_EMBEDDER_KEY: "hush",
    SWOOSH_EMBEDDER_SECONDS: "2",
  });
  expect(settings).toEqual({
    embedder: { embedder: "openai", embedderUrl: "https://models.example", embedderModel: "small" },
    key: "hush",
    timeoutMs: 2_000,
  });
});

it("refuses what cannot be, by name", () => {
  expect(() => of({ SWOOSH_EMBEDDER: "magic" })).toThrow(
    'embedder is "magic"; ngrams, ollama, openai are expected',
  );
  expect(() => of({ SWOOSH_EMBEDDER: "ollama", SWOOSH_EMBEDDER_URL: "ftp://x" })).toThrow(
    "embedder-url",
  );
  // The message is the whole of it: a key that no request can carry is not repeated.
  expect(() => of({ SWOOSH_EMBEDDER: "openai", SWOOSH_EMBEDDER_KEY: "canary\ncanary" })).toThrow(
    /^embedder-key has a blank, a line end or a letter beyond ASCII in it, which no header takes$/u,
  );
  expect(() => of({ SWOOSH_EMBEDDER_SECONDS: "21" })).toThrow("EMBEDDER_SECONDS");
});
