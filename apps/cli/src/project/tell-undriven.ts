import type { Log, RunningNode } from "@swoosh/server";

/** What to do about it. */
const HOW = "start the server with --projects (and --agents 3 for agents beside it)";

/** A server without a driver says so once a project is there that would wait for ever: at the start, or when one begins. */
export function tellUndriven(
  node: Pick<RunningNode, "engine" | "onRecord">,
  log: Log,
): { stop(): Promise<void> } {
  let isTold = false;
  const look = (): void => {
    const waiting = [...node.engine.instances()].filter(
      (instance) =>
        instance.startsWith("project/") &&
        node.engine.state.head(instance)?.document.meta.ended === false,
    );
    if (isTold || waiting.length === 0) return;
    isTold = true;
    log("warn", `nothing drives ${waiting.join(", ")} here: ${HOW}`);
  };
  const stop = node.onRecord(({ text }) => {
    if (!isTold && text.includes('"project/')) look();
  });
  look();
  return {
    async stop() {
      stop();
    },
  };
}
