import type { NormalChart } from "../chart/normal-chart.ts";
import type { Schema, SchemaType } from "../schema/schema.ts";
import type { Json } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { unreachable } from "../unreachable.ts";
import { stateRows } from "./state-rows.ts";

/**
 * TypeScript types for the programs that use a chart: its context, the inputs of each transition, and unions of the names
 * of transitions, guards, regions and configuration paths. A module of types alone, which needs no import.
 */
export function toTypeScript(chart: NormalChart): string {
  const name = pascal(chart.chart);
  const rows = stateRows(chart);
  const leaves = rows.filter(({ state }) => state.type === "atomic" || state.type === "final");
  const states = rows.filter(({ path, state }) => path !== "" && state.type !== "history");
  const transitions = Object.keys(chart.transitions);
  const open = transitions.filter((key) => (chart.transitions[key]?.by.length ?? 0) > 0);
  const inputs = Object.entries(chart.transitions).map(
    ([key, transition]) => `  readonly ${key}: ${typeOfSchema(transition.inputs, "  ")};`,
  );
  return [
    `/** Types of chart \`${chart.chart}\`, version ${chart.version}. Written by \`swoosh chart types\`: do not edit. */`,
    "",
    `export type ${name}Context = ${typeOfSchema(chart.context, "")};`,
    "",
    "/** What each transition takes. */",
    `export interface ${name}Inputs {`,
    ...inputs,
    "}",
    "",
    "/** Every transition, and those that some role may propose. */",
    union(`${name}Transition`, transitions),
    union(`${name}Proposable`, open),
    "",
    "/** Paths that can stand in a configuration, and those of all states, for `In(…)`. */",
    union(
      `${name}Leaf`,
      leaves.map(({ path }) => path),
    ),
    union(
      `${name}State`,
      states.map(({ path }) => path),
    ),
    "",
    union(`${name}Region`, chart.regions),
    union(`${name}Guard`, Object.keys(chart.guards)),
    union(`${name}Projection`, Object.keys(chart.projections)),
    "",
    "/** A proposal of one transition with what it takes. */",
    `export type ${name}Proposal = {`,
    `  readonly [T in ${name}Proposable]: { readonly transition: T; readonly inputs: ${name}Inputs[T] };`,
    `}[${name}Proposable];`,
    "",
  ].join("\n");
}

function pascal(name: string): string {
  return name
    .split(/[_-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

function union(name: string, members: readonly string[]): string {
  const texts = members.map((member) => JSON.stringify(member));
  if (texts.length === 0) return `export type ${name} = never;`;
  const line = `export type ${name} = ${texts.join(" | ")};`;
  if (line.length <= 100) return line;
  return [`export type ${name} =`, ...texts.map((text) => `  | ${text}`)].join("\n") + ";";
}

function typeOfSchema(schema: Schema, pad: string): string {
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return either(schema.enum.map(literal));
  if (schema.type === undefined) return "unknown";
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  return either(types.map((type) => typeOfKind(schema, type, pad)));
}

function either(types: readonly string[]): string {
  return types.length === 0 ? "never" : [...new Set(types)].join(" | ");
}

function typeOfKind(schema: Schema, type: SchemaType, pad: string): string {
  switch (type) {
    case "null":
      return "null";
    case "boolean":
      return "boolean";
    case "integer":
      return "number";
    case "string":
      return "string";
    case "array":
      return listOf(schema.items === undefined ? "unknown" : typeOfSchema(schema.items, pad));
    case "object":
      return typeOfObject(schema, pad);
    default:
      return unreachable(type);
  }
}

function listOf(item: string): string {
  return item.includes(" ") ? `readonly (${item})[]` : `readonly ${item}[]`;
}

function typeOfObject(schema: Schema, pad: string): string {
  const inner = `${pad}  `;
  const properties = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required);
  const members = properties.map(([name, property]) => {
    const mark = required.has(name) ? "" : "?";
    return `${inner}readonly ${keyOf(name)}${mark}: ${typeOfSchema(property, inner)};`;
  });
  const rest = schema.additionalProperties;
  if (rest !== undefined && rest !== false) {
    // TypeScript wants an index signature to cover the named members as well.
    const values = [
      typeOfSchema(rest, inner),
      ...properties.map(([, property]) => typeOfSchema(property, inner)),
    ];
    const optional = properties.some(([name]) => !required.has(name)) ? ["undefined"] : [];
    members.push(`${inner}readonly [key: string]: ${either([...values, ...optional])};`);
  }
  if (members.length === 0) return "Readonly<Record<string, never>>";
  return `{\n${members.join("\n")}\n${pad}}`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}

function literal(value: Json): string {
  if (isJsonArray(value)) return `readonly [${value.map(literal).join(", ")}]`;
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, member]) => `readonly ${keyOf(key)}: ${literal(member)}`,
    );
    return members.length === 0 ? "Readonly<Record<string, never>>" : `{ ${members.join("; ")} }`;
  }
  return JSON.stringify(value);
}
