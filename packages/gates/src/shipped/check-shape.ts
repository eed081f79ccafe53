/** The part of JSON Schema that configuration files and events need; what is not here is refused, not overlooked. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Shape;
  readonly items?: Shape;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const KNOWN = new Set([
  "type",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "enum",
  "const",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "title",
  "description",
  "$schema",
  "$id",
  "default",
  "examples",
]);

/** Keywords of a schema that are not understood, with their places: a rule that is not looked at is no rule. */
export function unknownKeywords(shape: unknown, place = "schema"): readonly string[] {
  if (!isMap(shape)) return [];
  const own = Object.keys(shape)
    .filter((key) => !KNOWN.has(key))
    .map((key) => `${place}.${key}`);
  const below = isMap(shape["properties"])
    ? Object.entries(shape["properties"]).flatMap(([key, inner]) =>
        unknownKeywords(inner, `${place}.${key}`),
      )
    : [];
  return [
    ...own,
    ...below,
    ...unknownKeywords(shape["items"], `${place}.items`),
    ...unknownKeywords(shape["additionalProperties"], `${place}.*`),
  ];
}

/** What is wrong with a value, as sentences with places; at most eight. */
export function checkShape(value: unknown, shape: Shape, place = "value"): readonly string[] {
  const found: string[] = [];
  visit(value, shape, place, found);
  return found.slice(0, 8);
}

function visit(value: unknown, shape: Shape, place: string, found: string[]): void {
  const types = typeof shape.type === "string" ? [shape.type] : shape.type;
  if (types !== undefined && !types.some((type) => isType(value, type))) {
    found.push(`${place} is ${typeName(value)}; ${types.join(" or ")} is expected`);
    return;
  }
  if (shape.enum !== undefined && !shape.enum.some((one) => same(one, value)))
    found.push(`${place} is ${show(value)}; one of ${shape.enum.map(show).join(", ")} is expected`);
  if (shape.const !== undefined && !same(shape.const, value))
    found.push(`${place} is ${show(value)}; ${show(shape.const)} is expected`);
  if (typeof value === "number") numbers(value, shape, place, found);
  if (typeof value === "string") texts(value, shape, place, found);
  if (Array.isArray(value)) lists(value, shape, place, found);
  else if (isMap(value)) maps(value, shape, place, found);
}

function numbers(value: number, shape: Shape, place: string, found: string[]): void {
  if (shape.minimum !== undefined && value < shape.minimum)
    found.push(`${place} is ${value}; at least ${shape.minimum}`);
  if (shape.maximum !== undefined && value > shape.maximum)
    found.push(`${place} is ${value}; at most ${shape.maximum}`);
}

function texts(value: string, shape: Shape, place: string, found: string[]): void {
  const length = [...value].length;
  if (shape.minLength !== undefined && length < shape.minLength)
    found.push(`${place} has ${length} characters; at least ${shape.minLength}`);
  if (shape.maxLength !== undefined && length > shape.maxLength)
    found.push(`${place} has ${length} characters; at most ${shape.maxLength}`);
  if (shape.pattern !== undefined && !new RegExp(shape.pattern, "u").test(value))
    found.push(`${place} is ${show(value)}; it must match ${shape.pattern}`);
}

function lists(value: readonly unknown[], shape: Shape, place: string, found: string[]): void {
  if (shape.minItems !== undefined && value.length < shape.minItems)
    found.push(`${place} has ${value.length} items; at least ${shape.minItems}`);
  if (shape.maxItems !== undefined && value.length > shape.maxItems)
    found.push(`${place} has ${value.length} items; at most ${shape.maxItems}`);
  if (shape.items === undefined) return;
  for (const [index, item] of value.entries())
    visit(item, shape.items, `${place}[${index}]`, found);
}

function maps(
  value: Readonly<Record<string, unknown>>,
  shape: Shape,
  place: string,
  found: string[],
): void {
  for (const key of shape.required ?? [])
    if (!Object.hasOwn(value, key)) found.push(`${place}.${key} is missing`);
  for (const [key, inner] of Object.entries(value)) {
    const own =
      shape.properties !== undefined && Object.hasOwn(shape.properties, key)
        ? shape.properties[key]
        : undefined;
    if (own !== undefined) visit(inner, own, `${place}.${key}`, found);
    else if (shape.additionalProperties === false) found.push(`${place}.${key} is not known`);
    else if (isShape(shape.additionalProperties))
      visit(inner, shape.additionalProperties, `${place}.${key}`, found);
  }
}

function isShape(value: Shape["additionalProperties"]): value is Shape {
  return typeof value === "object";
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isType(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  return typeName(value) === type;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 60);
}
