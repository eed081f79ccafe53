/** Resolves when everything that waits for its turn in Node's loop has had one. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
