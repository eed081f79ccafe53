import type { JsonObject } from "@swoosh/kernel";
import type { Screen } from "../screen/screen.ts";
import { TASK_LOG_TAIL_LENGTH, TASK_LOGS_MAX } from "./limits.ts";

/**
 * Words of agents for whoever reads along, without secrets. The end of what a task said is remembered for a while, so that one
 * that comes in pieces is found too: what of it was told already is told, the rest is not.
 */
export class LiveLogs {
  readonly #screen: Pick<Screen, "redactAfter">;
  readonly #tails = new Map<string, string>();

  constructor(screen: Pick<Screen, "redactAfter">) {
    this.#screen = screen;
  }

  /** The event's data as it may be logged. */
  clean(agent: string, data: JsonObject): JsonObject {
    const { session = "", text = "" } = data;
    const key = `${agent} ${String(session)}`;
    const before = this.#tails.get(key) ?? "";
    const said = String(text);
    this.#tails.delete(key);
    this.#tails.set(key, (before + said).slice(-TASK_LOG_TAIL_LENGTH));
    for (const oldest of this.#tails.keys()) {
      if (this.#tails.size <= TASK_LOGS_MAX) break;
      this.#tails.delete(oldest);
    }
    const rest = Object.entries(data).flatMap(([name, value]) =>
      name === "text" || typeof value !== "string"
        ? []
        : [[name, this.#screen.redactAfter("", value)]],
    );
    return { ...Object.fromEntries(rest), text: this.#screen.redactAfter(before, said) };
  }
}
