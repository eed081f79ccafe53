import type { Disk } from "@swoosh/server/journal-testing";

/** The same disk but for some of its calls. */
export function diskWith(inner: Disk, other: Partial<Disk>): Disk {
  return {
    open: (path, how) => inner.open(path, how),
    close: (file) => inner.close(file),
    size: (file) => inner.size(file),
    links: (file) => inner.links(file),
    read: (file, into, offset) => inner.read(file, into, offset),
    write: (file, bytes, offset) => inner.write(file, bytes, offset),
    sync: (file) => inner.sync(file),
    flush: (file) => inner.flush(file),
    rename: (from, to) => inner.rename(from, to),
    link: (from, to) => inner.link(from, to),
    remove: (path) => inner.remove(path),
    list: (folder) => inner.list(folder),
    makeFolder: (path) => inner.makeFolder(path),
    syncFolder: (path) => inner.syncFolder(path),
    ...other,
  };
}
