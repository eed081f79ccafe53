import type { Given } from "./given.ts";

/** Surroundings like those of the example chart. */
export const given = {
  context: {
    type: "object",
    required: ["items", "retries", "meta"],
    properties: {
      items: { type: "array", items: { type: "string", maxLength: 32 }, maxItems: 10 },
      retries: { type: "integer", minimum: 0, maximum: 5 },
      note: { type: "string", maxLength: 200 },
      meta: { type: "object", additionalProperties: { type: "integer" } },
      owner: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string", maxLength: 20 },
          mail: { type: "string", maxLength: 20 },
        },
      },
    },
  },
  inputs: {
    type: "object",
    required: ["item"],
    properties: { item: { type: "string", maxLength: 32 } },
  },
  config: { limit: 10, warehouse: "main" },
  reads: {
    stock: undefined,
    till: {
      type: "object",
      required: ["sum"],
      properties: { sum: { type: "integer" }, last: { type: "integer" } },
    },
  },
  states: ["Flow", "Flow.DRAFT"],
} as const satisfies Given;
