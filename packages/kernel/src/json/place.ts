const NAME = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

/** Place of a member: `inputs.item`, `inputs["odd key"]`; below the empty place the key alone. */
export function placeOfKey(place: string, key: string): string {
  if (!NAME.test(key)) return `${place}[${JSON.stringify(key)}]`;
  return place === "" ? key : `${place}.${key}`;
}

/** Place of an item: `inputs.items[3]`. */
export function placeOfItem(place: string, index: number): string {
  return `${place}[${index}]`;
}

/** Place of a path of keys and indexes below `place`. */
export function placeOfPath(place: string, path: readonly (string | number)[]): string {
  let text = place;
  for (const part of path) {
    text = typeof part === "number" ? placeOfItem(text, part) : placeOfKey(text, part);
  }
  return text;
}
