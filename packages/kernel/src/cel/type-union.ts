import type { CelField, CelType } from "./cel.ts";
import { bytesOfType } from "./type-bytes.ts";

type Kind = CelType["kind"];
type Of<K extends Kind> = Extract<CelType, { readonly kind: K }>;

export const DYN: CelType = { kind: "dyn" };
export const BOOL: CelType = { kind: "bool" };
export const NULL: CelType = { kind: "null" };
export const ANY_INT: CelType = {
  kind: "int",
  min: Number.MIN_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
};
/** No value at all: the items of `[]`. */
export const NEVER: CelType = { kind: "union", members: [] };

export function membersOf(type: CelType): readonly CelType[] {
  return type.kind === "union" ? type.members : [type];
}

export function isDyn(type: CelType): boolean {
  return type.kind === "dyn";
}

/** Every value of the type is of one of these kinds; `dyn` may be anything and so is let through. */
export function isOnly(type: CelType, kinds: readonly Kind[]): boolean {
  return membersOf(type).every((member) => member.kind === "dyn" || kinds.includes(member.kind));
}

export function memberOfKind<K extends Kind>(type: CelType, kind: K): Of<K> | undefined {
  return membersOf(type).find((member): member is Of<K> => member.kind === kind);
}

/** The type without the members of one kind. */
export function without(type: CelType, kind: Kind): CelType {
  return unionOf(membersOf(type).filter((member) => member.kind !== kind));
}

/** What any of the types allows, with at most one member of each kind: bounds widen, fields not in all become optional. */
export function unionOf(types: readonly CelType[]): CelType {
  const byKind = new Map<Kind, CelType>();
  for (const type of types) {
    for (const member of membersOf(type)) {
      if (member.kind === "dyn") return DYN;
      const kind = member.kind === "map" ? "record" : member.kind;
      const before = byKind.get(kind);
      byKind.set(kind, before === undefined ? member : merge(before, member));
    }
  }
  const [only, ...others] = [...byKind.values()];
  if (only === undefined) return NEVER;
  return others.length === 0 ? only : { kind: "union", members: [only, ...others] };
}

/** Two members of one kind (records and maps count as one). */
function merge(a: CelType, b: CelType): CelType {
  if (a.kind === "int" && b.kind === "int") {
    return { kind: "int", min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
  }
  if (a.kind === "string" && b.kind === "string") {
    return { kind: "string", lengthMax: Math.max(a.lengthMax, b.lengthMax) };
  }
  if (a.kind === "list" && b.kind === "list") {
    const itemsMax = Math.max(a.itemsMax, b.itemsMax);
    return { kind: "list", item: unionOf([a.item, b.item]), itemsMax };
  }
  if (a.kind === "record" && b.kind === "record") return mergeRecords(a, b);
  if (isKeyed(a) && isKeyed(b)) return mergeMaps(asMap(a), asMap(b));
  return a;
}

function mergeRecords(a: Of<"record">, b: Of<"record">): CelType {
  const fields = new Map<string, CelField>();
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name);
    fields.set(name, {
      type: other === undefined ? field.type : unionOf([field.type, other.type]),
      optional: other === undefined || field.optional || other.optional,
    });
  }
  for (const [name, field] of b.fields) {
    if (!fields.has(name)) fields.set(name, { type: field.type, optional: true });
  }
  return { kind: "record", fields };
}

function mergeMaps(a: Of<"map">, b: Of<"map">): CelType {
  const entriesMax = Math.max(a.entriesMax, b.entriesMax);
  const bytesMax = Math.max(a.bytesMax, b.bytesMax);
  const map = { kind: "map", value: unionOf([a.value, b.value]), entriesMax, bytesMax } as const;
  if (a.keyLengthMax === undefined || b.keyLengthMax === undefined) return map;
  return { ...map, keyLengthMax: Math.max(a.keyLengthMax, b.keyLengthMax) };
}

export function isKeyed(type: CelType): type is Of<"record"> | Of<"map"> {
  return type.kind === "record" || type.kind === "map";
}

/** A record seen as a map: what computed keys and loops over it can meet. */
export function asMap(type: Of<"record"> | Of<"map">): Of<"map"> {
  if (type.kind === "map") return type;
  const value = unionOf([...type.fields.values()].map((field) => field.type));
  return { kind: "map", value, entriesMax: type.fields.size, bytesMax: bytesOfType(type) };
}

/** Can a value of one type ever equal a value of the other? */
export function areComparable(a: CelType, b: CelType): boolean {
  return membersOf(a).some((one) => membersOf(b).some((other) => canEqual(one, other)));
}

function canEqual(a: CelType, b: CelType): boolean {
  if (a.kind === "dyn" || b.kind === "dyn") return true;
  if (a.kind === "list" && b.kind === "list") {
    return isNever(a.item) || isNever(b.item) || areComparable(a.item, b.item);
  }
  if (a.kind === "record" && b.kind === "record") return canRecordsEqual(a, b);
  if (isKeyed(a) && isKeyed(b)) {
    const [one, other] = [asMap(a).value, asMap(b).value];
    return isNever(one) || isNever(other) || areComparable(one, other);
  }
  return a.kind === b.kind;
}

function canRecordsEqual(a: Of<"record">, b: Of<"record">): boolean {
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name);
    if (other === undefined && !field.optional) return false;
    if (other !== undefined && !areComparable(field.type, other.type)) return false;
  }
  for (const [name, field] of b.fields) {
    if (!field.optional && !a.fields.has(name)) return false;
  }
  return true;
}

function isNever(type: CelType): boolean {
  return type.kind === "union" && type.members.length === 0;
}
