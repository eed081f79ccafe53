/**
 * Why a number cannot stand in a kernel value, or undefined. The kernel counts in safe integers only: they print
 * the same everywhere (RFC 8785 §3.2.2.3 needs no floating-point printer) and CEL can bound them.
 */
export function numberProblem(value: number): string | undefined {
  if (Number.isSafeInteger(value)) {
    return Object.is(value, -0) ? "-0 is refused; write 0" : undefined;
  }
  if (!Number.isFinite(value)) return `${value} is not a number of JSON`;
  if (!Number.isInteger(value)) {
    return `${value} is not an integer; write it in a smaller unit, or as text`;
  }
  return unsafeInteger(String(value));
}

/** Problem of an integer token beyond ±(2^53 − 1). */
export function unsafeInteger(token: string): string {
  return `${token} is beyond the safe integers, ±${Number.MAX_SAFE_INTEGER}; write it as text`;
}
