import { join } from "node:path";

/** What lies where in a data folder. */
export interface DataFolder {
  readonly folder: string;
  readonly keys: string;
  readonly nodeKey: string;
  readonly operatorKey: string;
  readonly journal: string;
  readonly blobs: string;
  /** Mark of a folder whose making was not finished. */
  readonly unfinished: string;
  /** Mark of a folder that was made under a test's scripted ports, with their seed in it. */
  readonly testMark: string;
}

export function dataFolder(folder: string): DataFolder {
  const keys = join(folder, "keys");
  return {
    folder,
    keys,
    nodeKey: join(keys, "node.pem"),
    operatorKey: join(keys, "operator.pem"),
    journal: join(folder, "journal"),
    blobs: join(folder, "blobs"),
    unfinished: join(folder, "unfinished"),
    testMark: join(folder, "test-ports"),
  };
}
