import { MEMORY_SOURCE_LENGTH_MAX } from "../limits.ts";
import { closedObject, listOf, refTo, type JsonSchema } from "./json-schema.ts";

const cell: JsonSchema = {
  type: "integer",
  minimum: -1,
  description: "The cell where it rests; -1: in none.",
};
const hops: JsonSchema = { ...refTo("Index"), description: "From cell to cell on the way there." };
const source: JsonSchema = {
  type: "string",
  maxLength: MEMORY_SOURCE_LENGTH_MAX,
  description: "Where it came from, for people; may be empty.",
};

/** Memories of the mesh. */
export const MEMORY_SCHEMAS = {
  MemoryText: closedObject({ "source?": source, text: { type: "string", minLength: 1 } }),
  MemoriesKept: closedObject({
    items: listOf(closedObject({ cell, hash: refTo("ValueHash"), hops }), {
      description: "One for each passage, in order.",
    }),
  }),
  Memory: closedObject({
    cell,
    hash: refTo("ValueHash"),
    hops,
    likeness_permille: {
      type: "integer",
      minimum: -1_000,
      maximum: 1_000,
      description: "Cosine to the query, in thousandths.",
    },
    source: { type: "string" },
    text: { type: "string" },
    tier: {
      type: "integer",
      enum: [1, 2, 3],
      description: "1: at hand, 2: in a cell, 3: from disk.",
    },
  }),
  MemoriesFound: closedObject({
    "damaged?": listOf(
      { type: "string" },
      { description: "Memories that could not be read, each with why." },
    ),
    items: listOf(refTo("Memory")),
    likeness_of: {
      type: "string",
      enum: ["words", "meaning"],
      description: "`words`: the embedder is the built-in one, which knows no meaning.",
    },
    next: { type: "null" },
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
