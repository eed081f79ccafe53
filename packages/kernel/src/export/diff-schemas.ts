import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { compareUtf16 } from "../json/text.ts";
import { ITEMS_MAX_DEFAULT, LENGTH_MAX_DEFAULT, MAP_ENTRIES_MAX } from "../limits.ts";
import { keyLengthMaxOf } from "../schema/map-bounds.ts";
import type { Schema } from "../schema/schema.ts";
import type { ChartDifference } from "./chart-difference.ts";
import { jsonOf } from "./json-of.ts";

/** Bounds with what they are where they are not given, and whether a larger value allows more. */
const BOUNDS = [
  { key: "minimum", absent: Number.MIN_SAFE_INTEGER, largerIsWider: false },
  { key: "maximum", absent: Number.MAX_SAFE_INTEGER, largerIsWider: true },
  { key: "minLength", absent: 0, largerIsWider: false },
  { key: "maxLength", absent: LENGTH_MAX_DEFAULT, largerIsWider: true },
  { key: "minItems", absent: 0, largerIsWider: false },
  { key: "maxItems", absent: ITEMS_MAX_DEFAULT, largerIsWider: true },
  { key: "maxProperties", absent: MAP_ENTRIES_MAX, largerIsWider: true },
] as const;

/**
 * What another schema allows more or less. Less is breaking: a value that fitted (a running document, a caller's inputs)
 * may not fit any more. Bounds that are only written out make no difference.
 */
export function diffSchemas(
  before: Schema,
  after: Schema,
  path: string,
): readonly ChartDifference[] {
  return [
    ...diffTypes(before, after, path),
    ...diffValues(before, after, path),
    ...diffBounds(before, after, path),
    ...diffPattern(before, after, path),
    ...diffProperties(before, after, path),
    ...diffRest(before, after, path),
    ...diffItems(before, after, path),
  ];
}

function changed(
  path: string,
  values: { readonly before: Json; readonly after: Json },
  outcome: { readonly breaking: boolean; readonly why: string },
): ChartDifference {
  return { kind: "schema_changed", path, ...values, ...outcome };
}

function typesOf({ type }: Schema): readonly string[] {
  if (type === undefined) return [];
  return typeof type === "string" ? [type] : [...type].sort(compareUtf16);
}

function diffTypes(before: Schema, after: Schema, path: string): readonly ChartDifference[] {
  const [old, now] = [typesOf(before), typesOf(after)];
  if (old.join() === now.join()) return [];
  const isNarrower =
    now.length > 0 && (old.length === 0 || old.some((type) => !now.includes(type)));
  const why = isNarrower
    ? "values of a type that was allowed are refused"
    : "more types are allowed";
  return [changed(path, { before: old, after: now }, { breaking: isNarrower, why })];
}

/** `enum` and `const` as one set of values; null: any. */
function valuesOf(schema: Schema): readonly string[] | null {
  if (schema.const !== undefined) return [canonicalize(schema.const)];
  return schema.enum?.map(canonicalize) ?? null;
}

function diffValues(before: Schema, after: Schema, path: string): readonly ChartDifference[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  const sorted = (values: readonly string[] | null): string =>
    [...(values ?? ["any"])].sort(compareUtf16).join();
  if (sorted(old) === sorted(now)) return [];
  const isNarrower = now !== null && (old === null || old.some((value) => !now.includes(value)));
  const why = isNarrower ? "values that were allowed are refused" : "more values are allowed";
  const values = { before: old === null ? null : [...old], after: now === null ? null : [...now] };
  return [changed(path, values, { breaking: isNarrower, why })];
}

function diffBounds(before: Schema, after: Schema, path: string): readonly ChartDifference[] {
  return BOUNDS.flatMap(({ key, absent, largerIsWider }): readonly ChartDifference[] => {
    const [old, now] = [before[key] ?? absent, after[key] ?? absent];
    if (old === now) return [];
    const isWider = now > old === largerIsWider;
    const why = isWider ? "more values fit" : "values that fitted may be out of bounds";
    return [changed(`${path} ${key}`, { before: old, after: now }, { breaking: !isWider, why })];
  });
}

function diffPattern(before: Schema, after: Schema, path: string): readonly ChartDifference[] {
  const [old, now] = [before.pattern ?? null, after.pattern ?? null];
  if (old === now) return [];
  const breaking = now !== null;
  const why = breaking ? "texts that fitted may not match" : "any text fits";
  return [changed(`${path} pattern`, { before: old, after: now }, { breaking, why })];
}

function diffProperties(before: Schema, after: Schema, path: string): readonly ChartDifference[] {
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name): readonly ChartDifference[] => {
    const place = `${path}.${name}`;
    const [was, is] = [old[name], now[name]];
    const [needed, needs] = [isRequired(before, name), isRequired(after, name)];
    if (was === undefined) {
      const why = needs ? "it must be there, and was unknown before" : "it may be there now";
      const values = { before: null, after: is === undefined ? null : jsonOf(is) };
      return [changed(place, values, { breaking: needs, why })];
    }
    if (is === undefined) {
      const why = "it is not known any more: values that have it are refused";
      return [changed(place, { before: jsonOf(was), after: null }, { breaking: true, why })];
    }
    const required =
      needed === needs
        ? []
        : [
            changed(
              `${place} required`,
              { before: needed, after: needs },
              { breaking: needs, why: needs ? "it must be there now" : "it may be left out now" },
            ),
          ];
    return [...required, ...diffSchemas(was, is, place)];
  });
}

function isRequired(schema: Schema, name: string): boolean {
  return schema.required?.includes(name) === true;
}

function diffRest(before: Schema, after: Schema, path: string): readonly ChartDifference[] {
  const [old, now] = [before.additionalProperties ?? false, after.additionalProperties ?? false];
  const place = `${path}.*`;
  if (old === false && now === false) return [];
  if (old !== false && now !== false) {
    const names = diffSchemas(keysOf(before), keysOf(after), `${path} propertyNames`);
    return [...names, ...diffSchemas(old, now, place)];
  }
  const breaking = now === false;
  const why = breaking ? "other keys are refused now" : "other keys are allowed now";
  const values = {
    before: old === false ? null : jsonOf(old),
    after: now === false ? null : jsonOf(now),
  };
  return [changed(place, values, { breaking, why })];
}

/** The keys of a map as texts. */
function keysOf(schema: Schema): Schema {
  return { ...schema.propertyNames, type: "string", maxLength: keyLengthMaxOf(schema) };
}

/** An array has items always: where only one side has them, the type changed, which is told already. */
function diffItems(before: Schema, after: Schema, path: string): readonly ChartDifference[] {
  const [old, now] = [before.items, after.items];
  return old === undefined || now === undefined ? [] : diffSchemas(old, now, `${path}[]`);
}
