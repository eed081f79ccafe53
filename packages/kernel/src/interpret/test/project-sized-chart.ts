import type { JsonObject } from "../../json/json.ts";

/** States one after another, each left for the next by its event; the last goes to the first again. */
function ring(prefix: string, names: readonly string[]): JsonObject {
  const states = names.map((name, index) => {
    const next = names[(index + 1) % names.length] ?? name;
    return [name, { on: { [`${prefix}_${name}`]: { target: next, guards: ["open"] } } }];
  });
  return { initial: names[0] ?? "", states: Object.fromEntries(states) };
}

const RINGS: { readonly [region: string]: readonly string[] } = {
  Ingestion: ["DISCOVER", "FETCH", "VALIDATE", "INDEX", "READY"],
  Council: ["PLAN_ROLES", "ELECT", "TOOLING_SYNC", "READY"],
  Environment: ["ALLOCATE", "PROVISION", "HEALTHCHECK", "READY", "DEGRADED"],
  Run: ["RUNNING", "PAUSED", "RECOVERY"],
  Service: ["FULL", "GRACE", "STOPPED"],
  Policy: ["CLEAR", "QUARANTINED"],
};

/** The events of the loop PLAN → WORK → REVIEW → REVERB, which the benchmark goes round. */
export const LOOP: readonly string[] = [
  "Execution_PLAN",
  "Execution_WORK",
  "Execution_REVIEW",
  "Execution_REVERB",
];

/** As large as the chart of projects (eight regions, four of them inside one state), with one trivial guard. */
export function projectSizedChart(): JsonObject {
  const below = (names: readonly string[]): JsonObject =>
    Object.fromEntries(names.map((name) => [name, ring(name, RINGS[name] ?? [])]));
  const execution = ring("Execution", ["PLAN", "WORK", "REVIEW", "REVERB"]);
  const states = {
    Lifecycle: {
      initial: "PROJECT",
      states: {
        PROJECT: {
          type: "parallel",
          states: { ...below(["Ingestion", "Council", "Environment"]), Execution: execution },
          on: { Lifecycle_Complete: { target: "TERMINATED", guards: ["open"] } },
        },
        TERMINATED: { type: "final" },
      },
    },
    ...below(["Run", "Service", "Policy"]),
  };
  const events = [
    ...Object.entries(RINGS).flatMap(([name, list]) => list.map((state) => `${name}_${state}`)),
    ...LOOP,
    "Lifecycle_Complete",
  ];
  return {
    chart: "project",
    version: 1,
    type: "parallel",
    regions: [
      "Lifecycle",
      "Ingestion",
      "Council",
      "Environment",
      "Execution",
      "Run",
      "Service",
      "Policy",
    ],
    transitions: Object.fromEntries(events.map((event) => [event, { by: ["controller"] }])),
    guards: { open: { when: "true", reason: "closed" } },
    states,
  };
}
