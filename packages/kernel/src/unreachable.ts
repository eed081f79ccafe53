/** Ends every exhaustive `switch`: a value of a type that cannot be. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
