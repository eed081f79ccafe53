import type { GatesStore, GatesPlace } from "./gates-store.ts";
import { openGatesStore } from "./gates-store.ts";

/** Opens the log, ours or the server's at `url`, and closes it whatever happens. */
export async function withStore<T>(
  root: string,
  place: GatesPlace,
  act: (store: GatesStore) => Promise<T>,
): Promise<T> {
  const store = await openGatesStore(root, place);
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}
