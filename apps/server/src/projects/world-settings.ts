import { hostOf } from "../providers/egress/egress.ts";
import type { Secret } from "../settings/secret.ts";
import { SettingProblem } from "../settings/setting-problem.ts";
import type { Settings } from "../settings/read-settings.ts";

/** The world around an installation, as its operator names it. Everything left out has an embedded form. */
export interface WorldSettings {
  /** Hosts that may be reached beyond this machine. */
  readonly allowed: readonly string[];
  /** A licence server; the folder's own licence file unless given. */
  readonly kaching?: {
    readonly url: string;
    readonly licence: string;
    /** File with its public key, Ed25519 in PEM. */
    readonly keyPath: string;
    readonly graceMs: number;
  };
  /** BACKBEAT over NATS; the built-in pulse unless given. */
  readonly backbeat?: { readonly url: string; readonly subject: string; readonly cluster: string };
  /** A subject of that NATS on which proposals are taken. */
  readonly channel?: { readonly url: string; readonly subject: string };
  /** A policy engine that is asked beside the built-in scanner. */
  readonly policy?: string;
  /** Where decision records, and submissions, are sent. */
  readonly bubble?: string;
  readonly slurp?: string;
  /** A Gitea whose issues begin projects. */
  readonly gitea?: { readonly url: string; readonly token?: Secret; readonly everyMs: number };
  /** Programs that project files name as tools are started beside this server. */
  readonly toolsMayStart: boolean;
  /** ms between two looks at a tool. */
  readonly toolsEveryMs: number;
}

const TOOLS_EVERY_MS = 10_000;

/** An installation that knows nobody. */
export const NO_WORLD: WorldSettings = {
  allowed: [],
  toolsMayStart: false,
  toolsEveryMs: TOOLS_EVERY_MS,
};

const HOUR_MS = 3_600_000;
const WEB_SCHEMES = ["https:", "http:"];
const NATS_SCHEMES = ["nats:", "tls:"];

/** From the settings of a server. Throws `SettingProblem`. */
export function readWorld(settings: Settings): WorldSettings {
  const kaching = readKaching(settings);
  const backbeat = readBackbeat(settings);
  const channel = readChannel(settings, backbeat?.url);
  const policy = readAddress("policy-url", settings);
  const bubble = readAddress("bubble-url", settings);
  const slurp = readAddress("slurp-url", settings);
  const gitea = readGitea(settings);
  const named = [kaching?.url, backbeat?.url, policy, bubble, slurp, gitea?.url].flatMap((url) =>
    url === undefined ? [] : [hostOf(new URL(url))],
  );
  return {
    allowed: [...settings.list("egress-allow"), ...named],
    toolsMayStart: settings.switch("tools-may-start"),
    toolsEveryMs: settings.integer("tools-seconds") * 1_000,
    ...(kaching === undefined ? {} : { kaching }),
    ...(backbeat === undefined ? {} : { backbeat }),
    ...(channel === undefined ? {} : { channel }),
    ...(policy === undefined ? {} : { policy }),
    ...(bubble === undefined ? {} : { bubble }),
    ...(slurp === undefined ? {} : { slurp }),
    ...(gitea === undefined ? {} : { gitea }),
  };
}

function readKaching(settings: Settings): WorldSettings["kaching"] {
  const url = settings.optionalText("licence-url");
  if (url === undefined) return undefined;
  const licence = settings.optionalText("licence-id");
  const keyPath = settings.optionalText("licence-key");
  mustBeUrl("licence-url", settings, WEB_SCHEMES);
  if (licence === undefined || keyPath === undefined)
    throw new SettingProblem(
      "licence-url, licence-id and licence-key go together: the licence to ask for, and a file with the server's public key",
    );
  return { url, licence, keyPath, graceMs: settings.integer("licence-grace-hours") * HOUR_MS };
}

function readBackbeat(settings: Settings): WorldSettings["backbeat"] {
  const url = settings.optionalText("nats");
  if (url === undefined) return undefined;
  mustBeUrl("nats", settings, NATS_SCHEMES);
  return { url, subject: settings.text("beat-subject"), cluster: settings.text("beat-cluster") };
}

function readChannel(settings: Settings, url: string | undefined): WorldSettings["channel"] {
  const subject = settings.optionalText("propose-subject");
  if (subject === undefined) return undefined;
  if (url === undefined)
    throw new SettingProblem("propose-subject is there without nats; name the NATS that it is of");
  return { url, subject };
}

function readAddress(name: string, settings: Settings): string | undefined {
  const url = settings.optionalText(name);
  if (url !== undefined) mustBeUrl(name, settings, WEB_SCHEMES);
  return url;
}

function readGitea(settings: Settings): WorldSettings["gitea"] {
  const url = settings.optionalText("gitea-url");
  const token = settings.secret("gitea-token");
  if (url === undefined) {
    if (token === undefined) return undefined;
    throw new SettingProblem(
      "gitea-token is there without gitea-url; name the Gitea that it is for",
    );
  }
  mustBeUrl("gitea-url", settings, WEB_SCHEMES);
  const everyMs = settings.integer("gitea-seconds") * 1_000;
  return { url, everyMs, ...(token === undefined ? {} : { token }) };
}

function mustBeUrl(name: string, settings: Settings, schemes: readonly string[]): void {
  const url = URL.parse(settings.text(name));
  if (url === null || !schemes.includes(url.protocol) || url.hostname === "")
    throw new SettingProblem(
      `${name} is ${settings.shown(name)}; an address with ${schemes.join(" or ")}//`,
    );
}
