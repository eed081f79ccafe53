import { isWellFormed } from "./text.ts";

const ARRAY_INDEX_MAX = 4_294_967_294;
const DIGIT_0 = 48;
const DIGIT_9 = 57;

/**
 * A key that ECMAScript takes for an array index (ECMA-262 §6.1.7: canonical decimal, 0 … 2^32 − 2).
 * Engines list such keys first and in numeric order, so an object that has one cannot be kept in canonical order.
 */
export function isArrayIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  if (!(first >= DIGIT_0 && first <= DIGIT_9)) return false;
  if (first === DIGIT_0) return key.length === 1;
  if (key.length > 10) return false;
  for (let at = 1; at < key.length; at += 1) {
    const unit = key.charCodeAt(at);
    if (unit < DIGIT_0 || unit > DIGIT_9) return false;
  }
  return Number(key) <= ARRAY_INDEX_MAX;
}

/**
 * Why a key cannot stand in a kernel value, or undefined. `constructor` and `prototype` are plain data:
 * nothing here ever merges objects, and readers ask for own keys; `__proto__` alone changes what assignment does.
 */
export function keyProblem(key: string): string | undefined {
  if (key === "__proto__") return 'the key "__proto__" is refused; choose another name';
  if (isArrayIndex(key)) {
    return `the key "${key}" looks like an array index; begin it with a letter, or use a list`;
  }
  if (!isWellFormed(key)) return `the key ${JSON.stringify(key)} has a lone surrogate`;
  return undefined;
}
