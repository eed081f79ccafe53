import type { Clock } from "@swoosh/kernel";
import type { ProjectTool } from "../../project-file/project-plan.ts";
import type { Propose } from "../propose.ts";
import type { Notify, Provider } from "../provider.ts";
import { Repeat } from "../repeat.ts";
import type { MakeToolProbe, ToolProbe, ToolSeen } from "./tool-probe.ts";

export interface ToolHealthOptions {
  readonly clock: Clock;
  readonly propose: Propose;
  readonly notify: Notify;
  readonly makeProbe: MakeToolProbe;
  /** ms between two looks at a tool. */
  readonly everyMs: number;
}

/** What was seen says something of so many intervals: one look may be late. */
const VALID_INTERVALS = 3;

interface Watched {
  readonly tool: ProjectTool;
  readonly probe: ToolProbe;
  readonly repeat: Repeat;
}

/**
 * Looks at the servers of tools that projects ask for: `tool/<name>` says which version answers, how many tools it has, and how long that
 * holds. Whether a version is the pinned one is for the guard to say. A server that goes away is told at once.
 */
export class ToolHealth implements Provider {
  readonly name = "mcp";
  readonly #options: ToolHealthOptions;
  readonly #watched = new Map<string, Watched>();
  #isStopped = true;

  constructor(options: ToolHealthOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#isStopped = false;
    await Promise.all([...this.#watched.values()].map(({ repeat }) => repeat.start()));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#watched.values()].map(ended));
  }

  /** The tools that are asked for from now on, by name; those that nobody asks for any more are left. Resolves after a first look at each new one. */
  async watch(tools: readonly ProjectTool[]): Promise<void> {
    const wanted = new Map(tools.map((tool) => [tool.name, tool]));
    const gone = [...this.#watched].filter(
      ([name, { tool }]) => JSON.stringify(wanted.get(name)) !== JSON.stringify(tool),
    );
    for (const [name] of gone) this.#watched.delete(name);
    await Promise.all(gone.map(([, watched]) => ended(watched)));
    const fresh = tools
      .filter(({ name }) => !this.#watched.has(name))
      .map((tool) => this.#begin(tool));
    if (!this.#isStopped) await Promise.all(fresh.map(({ repeat }) => repeat.start()));
  }

  #begin(tool: ProjectTool): Watched {
    const { clock, everyMs, makeProbe, notify } = this.#options;
    const probe = makeProbe(tool);
    let isGone = false;
    const repeat = new Repeat({
      clock,
      act: async () => {
        isGone = false;
        const seen = await probe.look(() => {
          isGone = true;
          repeat.hurry();
        });
        await this.#tell(tool, probe, seen);
        // It went away while its health was told: then `hurry` found nothing to hurry.
        return isGone ? 0 : everyMs;
      },
      onDefect: (error) => notify("error", `tool ${tool.name}: ${String(error)}`),
    });
    const watched = { tool, probe, repeat };
    this.#watched.set(tool.name, watched);
    return watched;
  }

  async #tell(tool: ProjectTool, probe: ToolProbe, seen: ToolSeen): Promise<void> {
    const { clock, everyMs, notify, propose } = this.#options;
    const { endpoint } = probe;
    const valid_until = clock.now() + everyMs * VALID_INTERVALS;
    const answer =
      seen.kind === "up"
        ? await propose(`tool/${tool.name}`, "Tool_Up", {
            endpoint,
            pinned: tool.pin,
            tools: seen.tools,
            valid_until,
            version: seen.version,
          })
        : await propose(`tool/${tool.name}`, "Tool_Down", {
            endpoint,
            reason: seen.reason,
            valid_until,
          });
    if (answer.kind === "refused")
      notify("warn", `tool ${tool.name}: ${answer.code}: ${answer.reasons.join("; ")}`);
  }
}

async function ended({ probe, repeat }: Watched): Promise<void> {
  await repeat.stop();
  await probe.close();
}
