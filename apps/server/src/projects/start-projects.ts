import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json, JsonObject } from "@swoosh/kernel";
import { createDriver, type Driver, type DriverPorts } from "../driver/driver.ts";
import type { Patience } from "../driver/view.ts";
import { Gateway, type GatewayOptions } from "../gateway/gateway.ts";
import { hasher } from "../hasher.ts";
import { GiteaPoll } from "../ingest/gitea/gitea-poll.ts";
import type { RunningNode } from "../node/open-node.ts";
import { NatsChannel } from "../providers/channel/nats-channel.ts";
import type { TakeProposal } from "../providers/channel/proposal-channel.ts";
import type { Egress } from "../providers/egress/egress.ts";
import type { Screen } from "../screen/screen.ts";
import { defectText } from "../up/defect-text.ts";
import type { Log } from "../up/log.ts";
import { ContentPlans } from "./content-plans.ts";
import { CapacityCounter } from "./count-capacity.ts";
import { entryBeginner } from "./begin-entry.ts";
import { startEmitters } from "./start-emitters.ts";
import { provideFacts, type Facts } from "./provide-facts.ts";
import { IngestExecutor } from "./ingest-executor.ts";
import { isSealed } from "./is-sealed.ts";
import { openChannel } from "./open-channel.ts";
import { proposeAs, type ProposeHere } from "./propose-as.ts";
import { LiveLogs } from "./live-logs.ts";
import { quarantineProjects, screened } from "./quarantine.ts";
import { reviewQuarantines } from "./review-quarantines.ts";
import { serviceKeys, type ServiceKeys } from "./service-identities.ts";
import { worldProbe } from "./probe-world.ts";
import { tellAway } from "./tell-away.ts";
import { watchTools } from "./watch-tools.ts";
import { NO_WORLD, type WorldSettings } from "./world-settings.ts";

export interface ProjectsOptions {
  readonly log: Log;
  /** The one that the server's doors have. */
  readonly screen: Screen;
  /** Of the built-in pulse; 0: somebody else beats. */
  readonly beatsPerMinute?: number;
  readonly heartbeatMs?: number;
  readonly comeBackMs?: number;
  readonly patience?: Partial<Patience>;
  /** Licence server, tempo, tools and hosts that may be reached. */
  readonly world?: WorldSettings;
  /** Beats in a bar of the built-in pulse. */
  readonly beatsPerBar?: number;
  /** What takes proposals that come over another channel than HTTP; without it there is none. */
  readonly take?: TakeProposal;
}

/** What drives projects beside the log: gateway, driver, ingestion, facts. */
export interface Projects {
  readonly gateway: Gateway;
  readonly driver: Driver;
  /** The one door through which connections go out. */
  readonly egress: Egress;
  /** Those whom the settings name and who cannot be reached now, each with why. */
  missing(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const LEASE_MS = 10_000;
const BEATS_PER_MINUTE = 120;
const BEATS_PER_BAR = 8;

/**
 * Starts everything that makes projects move: registers the services' identities, takes runners on this HTTP server, watches
 * the log. Each service proposes under its own identity; none of them has a state that a restart would miss.
 */
export async function startProjects(
  node: RunningNode,
  server: Server,
  options: ProjectsOptions,
): Promise<Projects> {
  const { log, screen, world = NO_WORLD } = options;
  const keys = await serviceKeys(node);
  const propose = proposersOf(node, keys, screen);
  screen.actWith(quarantineProjects({ node, propose: propose.shhh, log }));
  const onDefect = (error: unknown): void =>
    log("error", `a defect of the server: ${defectText(error)}`);
  const gateway = gatewayOf({ node, propose: propose.fleet, onDefect }, options);
  gateway.attach(server);
  const plans = new ContentPlans(node.blobs);
  const facts = await provideFacts({
    node,
    keys,
    log,
    screen,
    beatsPerMinute: options.beatsPerMinute ?? BEATS_PER_MINUTE,
    beatsPerBar: options.beatsPerBar ?? BEATS_PER_BAR,
    world,
  });
  const capacity = new CapacityCounter({ node, gateway, propose: propose.fleet, pool: "main" });
  const ingest = new IngestExecutor({
    node,
    ingester: facts.ingester,
    plans,
    propose: propose.ingest,
    proposePolicy: propose.shhh,
    log,
  });
  const ports = driverPorts({ node, gateway, plans, log, propose });
  const driver = createDriver(
    ports,
    options.patience === undefined ? {} : { patience: options.patience },
  );
  const lookForTools = watchTools({ node, plans, health: facts.tools, onDefect });
  lookForTools();
  const { rules } = screen.scanner;
  await reviewQuarantines({ node, rules, propose: propose.shhh, log });
  const outgoing = await startOutgoing({ node, facts, log, world, propose });
  const channel = channelOf({ node, facts, log, world, onDefect }, options.take);
  const logs = new LiveLogs(screen);
  const stops = [
    node.onRecord(() => {
      lookForTools();
      driver.look();
      capacity.count();
    }),
    gateway.onChange(() => driver.look()),
    gateway.onEvent((agent, event, data) => logEvent(log, agent, event, logs.clean(agent, data))),
  ];
  return {
    gateway,
    driver,
    egress: facts.egress,
    missing: worldProbe(world, { admit: facts.egress.admit, clock: node.clock }),
    async stop() {
      for (const stop of stops) stop();
      ingest.stop();
      capacity.stop();
      await channel.stop();
      await outgoing.stop();
      await facts.stop();
      await Promise.race([driver.stop(), sleep(LEASE_MS)]);
      gateway.stop();
    },
  };
}

/** Under the identity of each service; what agents may have said goes past the screen. */
function proposersOf(node: RunningNode, keys: ServiceKeys, screen: Screen) {
  return {
    driver: screened(proposeAs(node, keys.driver), screen),
    fleet: screened(proposeAs(node, keys.fleet), screen),
    ingest: screened(proposeAs(node, keys.ingest), screen),
    shhh: proposeAs(node, keys.shhh),
  } as const satisfies Record<string, ProposeHere>;
}

function gatewayOf(
  given: Pick<GatewayOptions, "node" | "propose" | "onDefect">,
  { comeBackMs, heartbeatMs }: ProjectsOptions,
): Gateway {
  return new Gateway({
    ...given,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    ...(comeBackMs === undefined ? {} : { comeBackMs }),
  });
}

/** What goes out of itself: a look at who is there, emitters, and looks at a Gitea for entry points. */
async function startOutgoing(given: {
  readonly node: RunningNode;
  readonly facts: Facts;
  readonly log: Log;
  readonly world: WorldSettings;
  readonly propose: { readonly driver: ProposeHere };
}): Promise<{ stop(): Promise<void> }> {
  const { facts, log, node, propose, world } = given;
  const { egress } = facts;
  // Whoever is away must not hold up the start.
  void tellAway(world, { admit: egress.admit, log });
  const emitters = await startEmitters({ node, egress, notify: log, world });
  if (world.gitea === undefined) return emitters;
  const { everyMs, token, url } = world.gitea;
  const poll = new GiteaPoll({
    admit: egress.admit,
    clock: node.clock,
    notify: log,
    base: new URL(url),
    begin: entryBeginner({ node, propose: propose.driver, log }),
    everyMs,
    ...(token === undefined ? {} : { token: token.reveal() }),
  });
  // One that is away must not hold up the start.
  void poll.start();
  return {
    async stop() {
      await poll.stop();
      await emitters.stop();
    },
  };
}

/** Proposals over NATS, where the settings name a subject. */
function channelOf(
  given: {
    readonly node: RunningNode;
    readonly facts: Facts;
    readonly log: Log;
    readonly world: WorldSettings;
    readonly onDefect: (error: unknown) => void;
  },
  take: TakeProposal | undefined,
): { stop(): Promise<void> } {
  const { facts, log, node, onDefect, world } = given;
  if (world.channel === undefined || take === undefined) return { stop: async () => {} };
  const channel = new NatsChannel({ ...world.channel, admit: facts.egress.admit, onDefect });
  return openChannel(channel, { clock: node.clock, notify: log, take });
}

function driverPorts(given: {
  readonly node: RunningNode;
  readonly gateway: Gateway;
  readonly plans: ContentPlans;
  readonly log: Log;
  readonly propose: Readonly<Record<"driver" | "fleet", ReturnType<typeof proposeAs>>>;
}): DriverPorts {
  const { gateway, log, node, plans, propose } = given;
  return {
    hasher,
    origin: node.origin,
    now: () => node.clock.now(),
    wakeIn(ms, wake) {
      const timer = setTimeout(wake, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
    instances: () => node.engine.instances(),
    document: (instance) => node.engine.state.head(instance)?.document,
    config: (document) => configOf(node, document.meta.chart_hash),
    plan: (contentHash) => plans.read(contentHash).plan,
    isConnected: (agent) => gateway.isConnected(agent),
    holds: ({ agent, fence, id }) => gateway.holds({ agent, fence, session: id }),
    propose: (by, { evidence, inputs, instance, transition, window }) =>
      propose[by](instance, transition, inputs, {
        ...(evidence === undefined ? {} : { evidence }),
        ...(window === undefined ? {} : { window }),
      }),
    async store(text) {
      node.blobs.save(Buffer.from(text));
    },
    ask: (agent, op, data, deadlineMs) => gateway.ask(agent, op, data, deadlineMs),
    lease: ({ agent, fence, id }, data) =>
      gateway.lease({ agent, fence, session: id }, "task", data, LEASE_MS),
    release: ({ agent, fence, id }, reason) =>
      gateway.release({ agent, fence, session: id }, reason, LEASE_MS),
    async seal(instance) {
      if (!(await isSealed(node, instance))) await node.engine.act.seal(instance);
    },
    note: log,
  };
}

function configOf(node: RunningNode, hash: string): JsonObject {
  const config: Json | undefined = node.engine.state.chartByHash(hash as `sha256-${string}`)?.normal
    .config;
  return Object(config) as JsonObject;
}

function logEvent(log: Log, agent: string, event: string, data: JsonObject): void {
  log("debug", `${agent}: ${event}`, { agentId: agent, ...data });
}
