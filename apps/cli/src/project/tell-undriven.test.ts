import type { PublishedRecord } from "@swoosh/server";
import { expect, it } from "vitest";
import { tellUndriven } from "./tell-undriven.ts";

type Node = Parameters<typeof tellUndriven>[0];

/** As much of a node as is looked at. */
function nodeWith(projects: Map<string, boolean>): { node: Node; record(text: string): void } {
  const listeners = new Set<(record: PublishedRecord) => void>();
  const node = {
    engine: {
      instances: () => ["identity/operator", ...projects.keys()],
      state: {
        head: (instance: string) => ({ document: { meta: { ended: projects.get(instance) } } }),
      },
    },
    onRecord(listener: (record: PublishedRecord) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    node: node as unknown as Node,
    record(text) {
      for (const listener of listeners) listener({ index: 0, leaf: "", text });
    },
  };
}

it("says once how a project is driven, where one waits or begins, and nothing where none does", async () => {
  const told: string[] = [];
  const log = (level: string, message: string): void => void told.push(`${level} ${message}`);
  const projects = new Map([["project/old", true]]);
  const { node, record } = nodeWith(projects);
  const telling = tellUndriven(node, log);
  record('{"instance":"beat/main"}');
  record('{"instance":"project/old"}');
  expect(told).toEqual([]);
  projects.set("project/new", false);
  record('{"instance":"project/new"}');
  record('{"instance":"project/new"}');
  expect(told).toEqual([
    "warn nothing drives project/new here: start the server with --projects (and --agents 3 for agents beside it)",
  ]);
  await telling.stop();
  tellUndriven(node, log);
  expect(told).toHaveLength(2);
});
