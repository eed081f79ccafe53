/** Why the header `Idempotency-Key` does not fit the body's `idem_key`, or undefined. A body that is no JSON is told of elsewhere. */
export function idempotencyHeaderProblem(
  header: string | readonly string[] | undefined,
  body: string,
): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== "string") return "the header Idempotency-Key is there more than once";
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const key =
    typeof parsed === "object" && parsed !== null && "idem_key" in parsed
      ? parsed.idem_key
      : undefined;
  if (typeof key !== "string" || key === header) return undefined;
  return `the header Idempotency-Key is ${JSON.stringify(header)}, idem_key is ${JSON.stringify(key)}; they must be equal`;
}
