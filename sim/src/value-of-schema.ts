import type { Json, Schema } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";

/** Integers without a bound of their own, and lengths, stay below this. */
const SMALL = 10;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/**
 * Some value that fits a schema, bounds more often than what lies between them. Patterns are tried with letters, digits
 * and hashes; where none fits, the value does not, and is refused like any other wrong one.
 */
export function valueOfSchema(random: SeededRandom, schema: Schema): Json {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum) ?? null;
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["object"]);
  switch (random.pick(types)) {
    case "integer":
      return integerOf(random, schema);
    case "boolean":
      return random.chance(50);
    case "string":
      return textOf(random, schema);
    case "array": {
      const least = schema.minItems ?? 0;
      const count = least + random.below(Math.min(SMALL, (schema.maxItems ?? SMALL) - least + 1));
      const { items = {} } = schema;
      return Array.from({ length: count }, () => valueOfSchema(random, items));
    }
    case "object":
      return objectOf(random, schema);
    default:
      return null;
  }
}

function integerOf(random: SeededRandom, { maximum, minimum }: Schema): number {
  const least = minimum ?? Math.min(0, maximum ?? 0);
  const most = maximum ?? least + SMALL;
  if (random.chance(15)) return least;
  if (random.chance(15)) return most;
  return least + random.below(Math.min(most - least + 1, 1_000));
}

function textOf(
  random: SeededRandom,
  { maxLength = SMALL, minLength = 0, pattern }: Schema,
): string {
  const least = Math.max(minLength, Math.min(1, maxLength));
  const length = least + random.below(Math.min(SMALL, maxLength - least + 1));
  const letters = Array.from({ length }, () => LETTERS[random.below(4)] ?? "a").join("");
  if (pattern === undefined) return letters;
  const candidates = [
    letters,
    letters.toUpperCase(),
    String(random.below(10_000)),
    `sha256-${"0".repeat(64)}`,
    "0".repeat(length),
    `a${random.below(10)}`,
    `${letters}/${letters}`,
    `${letters}-1`,
  ];
  const form = new RegExp(pattern, "u");
  return candidates.find((text) => form.test(text)) ?? letters;
}

function objectOf(random: SeededRandom, schema: Schema): Json {
  const { properties = {}, required = [] } = schema;
  const value: Record<string, Json> = {};
  for (const [name, inner] of Object.entries(properties).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  ))
    if (required.includes(name) || random.chance(50)) value[name] = valueOfSchema(random, inner);
  return value;
}
