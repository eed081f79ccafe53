import { existsSync, mkdirSync } from "node:fs";
import type { LogRecord } from "@swoosh/kernel";
import { verifyByOpenSsl, type RawVerify } from "../crypto/signature-holds.ts";
import type { Disk } from "../journal/disk.ts";
import { nodeDisk } from "../journal/node-disk.ts";
import { nodeProcesses, type Processes } from "../journal/processes.ts";
import { readLog } from "../journal/read-log.ts";
import { readKeyFile, writeKeyFile } from "../keys/key-file.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { recordSignatureHolds } from "../verify/record-signature-holds.ts";
import type { FollowerFolder } from "./follower-folder.ts";

/** All that a follower asks of its machine, swapped as one: a simulation has it on a disk that forgets. */
export interface FollowerMachine {
  readonly disk: Disk;
  readonly processes: Processes;
  makeFolders(paths: FollowerFolder): void;
  /** The witness's own key; made where it is missing. */
  witnessKey(path: string): PrivateKey;
  /** Record 0 of the journal in this folder, or undefined where it has none. */
  firstRecord(journal: string): string | undefined;
  /** Of a head that the log's node signed. */
  readonly noteHolds: RawVerify;
  recordHolds(record: LogRecord): boolean | Promise<boolean>;
}

export const thisMachine: FollowerMachine = {
  disk: nodeDisk,
  processes: nodeProcesses,
  makeFolders: ({ keys }) => {
    mkdirSync(keys, { recursive: true, mode: 0o700 });
  },
  witnessKey: (path) => {
    if (!existsSync(path)) writeKeyFile(path, PrivateKey.generate());
    return readKeyFile(path);
  },
  firstRecord: (journal) => {
    if (!existsSync(`${journal}/log`)) return undefined;
    for (const text of readLog(journal)) return text;
    return undefined;
  },
  noteHolds: verifyByOpenSsl,
  recordHolds: recordSignatureHolds,
};
