import { realpathSync } from "node:fs";
import { basename, delimiter, dirname, sep } from "node:path";

/** One place that a task sees otherwise than we do. Of two, the one further down counts. */
export interface Mount {
  /** `hide`: empty. `keep`: as it is, read-only, within something hidden. `write`: what `source` is, to be written to. */
  readonly kind: "hide" | "keep" | "write";
  readonly path: string;
  /** What is to be seen there; the path itself where nothing is hidden above it. */
  readonly source: string;
}

export interface MountsWanted {
  /** The task's checkout: it stays where it is. */
  readonly checkout: string;
  /** Stands in for the folders of temporary files. */
  readonly temporary: string;
  /** Files and folders that no task may see. */
  readonly hidden: readonly string[];
  /** Folders of programs, as in `PATH`. */
  readonly programs: string;
}

const TEMPORARY = ["/tmp", "/var/tmp"];
/** Sockets of the machine's services and of its users' sessions: docker.sock, D-Bus, agents of keys. */
const SOCKETS = "/run";
const RESOLVER = "/etc/resolv.conf";

/**
 * What a task sees, parents before children. All else is as it is, read-only. Programs of `PATH` and the resolver's file are
 * kept where something above them is hidden; nothing hidden comes to light by that.
 */
export function planMounts({ checkout, hidden, programs, temporary }: MountsWanted): Mount[] {
  const hides = new Set([SOCKETS, ...hidden].flatMap(realOf));
  const mounts = new Map<string, Mount>();
  const add = (kind: Mount["kind"], path: string, source = path): void => {
    mounts.set(path, { kind, path, source });
  };
  for (const path of TEMPORARY.flatMap(realOf)) add("write", path, temporary);
  const covers = [...mounts.keys(), ...hides];
  const isCovered = (path: string): boolean => covers.some((cover) => isWithin(path, cover));
  const uncovers = (path: string): boolean => covers.some((cover) => isWithin(cover, path));
  for (const path of [...programFolders(programs), ...resolverFolder()]) {
    const wanted = path.flatMap(realOf).find((one) => !uncovers(one));
    if (wanted !== undefined && isCovered(wanted)) add("keep", wanted);
  }
  for (const path of hides) add("hide", path);
  add("write", realpathSync(checkout));
  return [...mounts.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** Each folder of programs with what belongs to it (`lib` beside `bin`, packages beside `.bin`), or at least itself. */
function programFolders(programs: string): readonly (readonly string[])[] {
  return programs
    .split(delimiter)
    .filter((path) => path.startsWith(sep))
    .map((path) => (/^\.?bin$/.test(basename(path)) ? [dirname(path), path] : [path]));
}

/** Often a link into `/run`. */
function resolverFolder(): readonly (readonly string[])[] {
  return realOf(RESOLVER).map((path) => [dirname(path)]);
}

/** Where a path leads; nothing, where it leads nowhere: then there is nothing to hide either. */
function realOf(path: string): readonly string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === sep ? sep : `${folder}${sep}`);
}
