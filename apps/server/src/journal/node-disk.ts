import * as fs from "node:fs";
import { promisify } from "node:util";
import type { Disk, OpenHow } from "./disk.ts";
import { codeOf } from "./disk-error.ts";

const FLAGS: Readonly<Record<OpenHow, string>> = { read: "r", update: "r+", create: "wx+" };
/** Names of nobody else's business: a journal holds everything that its instances know. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

const fsyncAsync = promisify(fs.fsync);

/** The real file system, by blocking calls: one write and one fdatasync cost less than their way through a thread pool. */
export const nodeDisk: Disk = {
  open: (path, how) => fs.openSync(path, FLAGS[how], FILE_MODE),
  close: (file) => fs.closeSync(file),
  size: (file) => fs.fstatSync(file).size,
  links: (file) => fs.fstatSync(file).nlink,
  read: (file, into, offset) => fs.readSync(file, into, 0, into.length, offset),
  write: (file, bytes, offset) => fs.writeSync(file, bytes, 0, bytes.length, offset),
  sync: (file) => fs.fdatasyncSync(file),
  flush: (file) => fsyncAsync(file),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  remove: (path) => fs.unlinkSync(path),
  list: (folder) => fs.readdirSync(folder),
  makeFolder: (path) => {
    try {
      fs.mkdirSync(path, { mode: FOLDER_MODE });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  },
  syncFolder: (path) => {
    const folder = fs.openSync(path, "r");
    try {
      fs.fsyncSync(folder);
    } finally {
      fs.closeSync(folder);
    }
  },
};
