import { assert } from "../invariant.ts";
import type { NativeGuard, NativeRegistry } from "./native-guard.ts";

/** A registry of these natives; each pair of name and version stands once. */
export function createNativeRegistry(natives: readonly NativeGuard[]): NativeRegistry {
  const byName = new Map<string, Map<number, NativeGuard>>();
  for (const native of natives) {
    const versions = byName.get(native.name) ?? new Map<number, NativeGuard>();
    assert(!versions.has(native.version), `native ${native.name} ${native.version} stands once`);
    versions.set(native.version, native);
    byName.set(native.name, versions);
  }
  return {
    names: [...byName.keys()],
    newest: (name) => {
      const versions = byName.get(name);
      return versions?.get(Math.max(...versions.keys()));
    },
    exact: (name, version) => byName.get(name)?.get(version),
  };
}
