/** Lets everything go on that waits for nothing but its turn: all promises run dry before the next round of the event loop. */
export async function settle(turns = 1): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1)
    await new Promise<void>((resolve) => setImmediate(resolve));
}
