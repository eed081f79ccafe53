import { openGatesStore, type GatesStore } from "./gates-store.ts";

/** Opens the log, and closes it whatever happens. */
export async function withStore<T>(
  root: string,
  act: (store: GatesStore) => Promise<T>,
): Promise<T> {
  const store = await openGatesStore(root);
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}
