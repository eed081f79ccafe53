/** Decimals are counted in millionths, as integers: `0.95` is 950000. What is smaller than a millionth is refused. */
export const MICRO = 1_000_000;

/** undefined where the text is no decimal of at most six places, or leaves the safe range. */
export function parseDecimal(text: string): number | undefined {
  const found = /^(-?)(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [, sign = "", whole = "0", places = ""] = found;
  const value = Number(whole) * MICRO + Number(places.padEnd(6, "0"));
  return sign === "-" ? -value : value;
}

export function formatDecimal(micro: number): string {
  const sign = micro < 0 ? "-" : "";
  const size = Math.abs(micro);
  const places = String(size % MICRO)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${sign}${Math.floor(size / MICRO)}${places === "" ? "" : `.${places}`}`;
}
