/**
 * What may import what. What is not in this table is forbidden. The same table is drawn in `docs/ARCHITECTURE.md`, and
 * the two are compared. A workspace may stand here before it is born.
 */
export interface Arrows {
  /** Folder of the workspace; its package is `@swoosh/<last part>`. */
  readonly folder: string;
  /** Pure: no I/O, no clock, no randomness, no Node types, and no packages but `npm`. */
  readonly pure: boolean;
  readonly to: readonly Arrow[];
  /** For pure workspaces: the only outside packages. */
  readonly npm: readonly string[];
}

export interface Arrow {
  readonly folder: string;
  /** `types`: `import type` only. `lazy`: `import()` only. `tests`: in tests only. `any`: every way. */
  readonly how: "any" | "types" | "lazy" | "tests";
}

/** Inside a package: no file of `folder` reaches one of `beyond`. */
export interface Wall {
  readonly folder: string;
  readonly beyond: string;
  readonly why: string;
}

export const WALLS: readonly Wall[] = [
  {
    folder: "packages/kernel/src/reduce",
    beyond: "packages/kernel/src/engine",
    why: "what decides knows no port: time, index and verdicts are given to it",
  },
];

const PACKAGES = ["kernel", "guards", "protocol", "fleet", "mesh", "gates", "sdk"] as const;
type Package = (typeof PACKAGES)[number];

const all = (...names: readonly Package[]): readonly Arrow[] =>
  names.map((name) => ({ folder: `packages/${name}`, how: "any" }));

const lazily = (...folders: readonly string[]): readonly Arrow[] =>
  folders.map((folder) => ({ folder, how: "lazy" }));

const pure = (name: Package, to: readonly Arrow[], npm: readonly string[] = []): Arrows => ({
  folder: `packages/${name}`,
  pure: true,
  to,
  npm,
});

const dirty = (folder: string, to: readonly Arrow[]): Arrows => ({
  folder,
  pure: false,
  to,
  npm: [],
});

export const ARROWS: readonly Arrows[] = [
  pure("kernel", [], ["@marcbachmann/cel-js", "yaml"]),
  pure("guards", all("kernel")),
  pure("protocol", [{ folder: "packages/kernel", how: "types" }]),
  pure("fleet", all("kernel", "protocol")),
  pure("mesh", all("kernel")),
  pure("gates", all("kernel")),
  pure("sdk", all("protocol", "kernel")),
  dirty("apps/server", [
    ...all(...PACKAGES.filter((name) => name !== "sdk")),
    // The server's side of a connection is tried with the very client that runners have.
    { folder: "packages/sdk", how: "tests" },
  ]),
  dirty("apps/agent", all("sdk", "mesh", "guards", "kernel")),
  dirty("apps/cli", [...all(...PACKAGES), ...lazily("apps/server", "apps/agent", "sim")]),
  dirty("apps/dashboard", all("sdk", "kernel", "mesh")),
  dirty("sim", [...all(...PACKAGES), { folder: "apps/server", how: "any" }]),
];

/** Tools stand outside of the product: they may look at every package and at one another, and nothing imports them but tests. */
export const TOOLS_FOLDER = "tools/";
