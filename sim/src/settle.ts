/** Lets everything go on that waits for nothing but its turn: all promises run dry before the next round of the event loop. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
