import { describe, expect, it } from "vitest";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { Settings } from "../settings/read-settings.ts";
import { Secret } from "../settings/secret.ts";
import { SERVER_SETTINGS } from "../settings/server-settings.ts";
import { NO_WORLD, readWorld } from "./world-settings.ts";

const settingsOf = (flags: Readonly<Record<string, unknown>>): Settings =>
  new Settings(
    resolveSettings(SERVER_SETTINGS, { flags, environment: {}, file: {}, filePath: "none" }),
  );

describe("the world of an installation", () => {
  it("is empty unless somebody names it", () => {
    expect(readWorld(settingsOf({}))).toEqual(NO_WORLD);
  });

  it("has a licence server, a tempo and hosts; who is named may be reached", () => {
    const world = readWorld(
      settingsOf({
        "egress-allow": ["git.example"],
        "licence-url": "https://kaching.example/v1",
        "licence-id": "LIC-1",
        "licence-key": "kaching.pem",
        nats: "nats://beats.example:4222",
        "beat-cluster": "c1",
        "propose-subject": "swoosh.propose",
        "tools-may-start": true,
        "tools-seconds": 3,
      }),
    );
    expect(world).toEqual({
      allowed: ["git.example", "kaching.example", "beats.example"],
      kaching: {
        url: "https://kaching.example/v1",
        licence: "LIC-1",
        keyPath: "kaching.pem",
        graceMs: 259_200_000,
      },
      backbeat: { url: "nats://beats.example:4222", subject: "backbeat.beat", cluster: "c1" },
      channel: { url: "nats://beats.example:4222", subject: "swoosh.propose" },
      toolsMayStart: true,
      toolsEveryMs: 3_000,
    });
  });

  it("has sinks and a Gitea, where somebody names them", () => {
    const world = readWorld(
      settingsOf({
        "bubble-url": "https://bubble.example/dr",
        "slurp-url": "http://slurp.example/in",
        "policy-url": "https://shhh.example/v1/judge",
        "gitea-url": "https://git.example",
        "gitea-seconds": 5,
      }),
    );
    expect(world).toEqual({
      ...NO_WORLD,
      allowed: ["shhh.example", "bubble.example", "slurp.example", "git.example"],
      policy: "https://shhh.example/v1/judge",
      bubble: "https://bubble.example/dr",
      slurp: "http://slurp.example/in",
      gitea: { url: "https://git.example", everyMs: 5_000 },
    });
  });

  it.each<readonly [flags: Readonly<Record<string, unknown>>, problem: string]>([
    [{ "licence-url": "https://k.example" }, "licence-url, licence-id and licence-key go together"],
    [
      { "licence-url": "k.example", "licence-id": "a", "licence-key": "b" },
      'licence-url is "k.example"',
    ],
    [
      { nats: "http://beats.example" },
      'nats is "http://beats.example"; an address with nats: or tls://',
    ],
    [{ "bubble-url": "bubble" }, 'bubble-url is "bubble"; an address with https: or http://'],
    [{ "propose-subject": "a" }, "propose-subject is there without nats"],
    [{ nats: "nats://a:b@beats.example" }, "nats holds a password"], // allow-secret
  ])("%j is refused", (flags, problem) => {
    expect(() => readWorld(settingsOf(flags))).toThrow(problem);
  });

  it("does not say again what was encrypted", () => {
    const settings = new Settings(
      resolveSettings(SERVER_SETTINGS, {
        flags: {},
        environment: {},
        file: { "bubble-url": new Secret("canary") },
        filePath: "none",
      }),
    );
    expect(() => readWorld(settings)).toThrow("bubble-url is (secret); an address with https:");
  });
});
