import type { QueryParameter, Route } from "./route.ts";

/** Values of a query by parameter; absent ones without default are absent. */
export interface QueryValues {
  text(name: string): string | undefined;
  integer(name: string): number | undefined;
}

export type ReadQuery =
  | { readonly ok: true; readonly values: QueryValues }
  | { readonly ok: false; readonly reasons: readonly string[] };

/**
 * Reads a query against the route's parameters: each at most once, none unknown, each in its form. `pairs` are names and
 * values after percent-decoding. The reasons name every parameter that is wrong (`bad_query`). Total.
 */
export function readQuery(route: Route, pairs: Iterable<readonly [string, string]>): ReadQuery {
  const known = new Map(route.query.map((parameter) => [parameter.name, parameter]));
  const texts = new Map<string, string>();
  const integers = new Map<string, number>();
  const reasons: string[] = [];
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    const parameter = known.get(name);
    if (parameter === undefined) {
      reasons.push(`${shown(name)} is no parameter of ${route.path}; it takes ${namesOf(route)}`);
    } else if (seen.has(name)) {
      reasons.push(`${name} is there twice; give it once`);
    } else {
      const problem = take(parameter, value, { texts, integers });
      if (problem !== undefined) reasons.push(problem);
    }
    seen.add(name);
  }
  for (const parameter of route.query) {
    if (seen.has(parameter.name)) continue;
    if (parameter.required) reasons.push(`${parameter.name} is missing: ${parameter.description}`);
    if (parameter.form.kind === "integer" && parameter.form.default !== undefined)
      integers.set(parameter.name, parameter.form.default);
  }
  if (reasons.length > 0) return { ok: false, reasons: reasons.slice(0, REASONS_MAX) };
  return {
    ok: true,
    values: { text: (name) => texts.get(name), integer: (name) => integers.get(name) },
  };
}

/** As many as a refusal of the kernel has. */
const REASONS_MAX = 8;

function take(
  { name, form }: QueryParameter,
  value: string,
  into: { readonly texts: Map<string, string>; readonly integers: Map<string, number> },
): string | undefined {
  switch (form.kind) {
    case "integer": {
      const number = /^(?:0|[1-9][0-9]*)$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= form.minimum && number <= form.maximum))
        return `${name} is ${shown(value)}; an integer from ${form.minimum} to ${form.maximum}`;
      into.integers.set(name, number);
      return undefined;
    }
    case "choice":
      if (!form.words.includes(value))
        return `${name} is ${shown(value)}; one of ${form.words.join(", ")}`;
      into.texts.set(name, value);
      return undefined;
    case "text":
      if (value.length > form.lengthMax)
        return `${name} has ${value.length} characters; at most ${form.lengthMax}`;
      if (form.pattern !== undefined && !new RegExp(form.pattern, "u").test(value))
        return `${name} is ${shown(value)}, which does not match ${form.pattern}`;
      into.texts.set(name, value);
      return undefined;
  }
}

function namesOf(route: Route): string {
  const names = route.query.map(({ name }) => name);
  return names.length === 0 ? "none" : names.join(", ");
}

/** A value in a message, cut: it comes from outside. */
function shown(text: string): string {
  return JSON.stringify(
    text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text,
  );
}

const SHOWN_LENGTH_MAX = 64;
