import type { Clock } from "@swoosh/kernel";
import { reachProbe, type Admit } from "../providers/egress/reach.ts";
import type { WorldSettings } from "./world-settings.ts";

/** Whom the settings name, by the setting. */
export function namedIn(world: WorldSettings): readonly (readonly [setting: string, url: URL])[] {
  const named: readonly (readonly [string, string | undefined])[] = [
    ["licence-url", world.kaching?.url],
    ["nats", world.backbeat?.url ?? world.channel?.url],
    ["policy-url", world.policy],
    ["bubble-url", world.bubble],
    ["slurp-url", world.slurp],
    ["gitea-url", world.gitea?.url],
  ];
  return named.flatMap(([setting, url]) => (url === undefined ? [] : [[setting, new URL(url)]]));
}

/** Which of them take no connection now. */
export function worldProbe(
  world: WorldSettings,
  given: { readonly admit: Admit; readonly clock: Clock },
): () => Promise<readonly string[]> {
  return reachProbe(namedIn(world), given);
}
