import { parseHlc } from "@swoosh/kernel/values";

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** ms since the epoch of a `Date` header (RFC 9110 §5.6.7, the form that senders must use), or undefined. */
export function serverTimeMs(header: string | null): number | undefined {
  const match = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(
    header ?? "",
  );
  if (match === null) return undefined;
  const [, day = "", word = "", year = "", time = ""] = match;
  const at = MONTHS.indexOf(word);
  if (at < 0 || at % 3 !== 0) return undefined;
  const month = String(at / 3 + 1).padStart(2, "0");
  // The clock's own form says whether there is such a day.
  return parseHlc(`${year}-${month}-${day}T${time}.000+00:00#0`)?.wallMs;
}
