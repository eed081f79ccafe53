import { join } from "node:path";
import { dataFolder, type DataFolder } from "../node/data-folder.ts";

/** What lies where in a follower's folder: a data folder, without the node's key, with what a witness needs. */
export interface FollowerFolder extends DataFolder {
  readonly witnessKey: string;
  /** The last checkpoint that was cosigned, a C2SP note. */
  readonly cosigned: string;
  readonly forks: string;
}

export function followerFolder(folder: string): FollowerFolder {
  const data = dataFolder(folder);
  return {
    ...data,
    witnessKey: join(data.keys, "witness.pem"),
    cosigned: join(folder, "cosigned-checkpoint"),
    forks: join(folder, "forks"),
  };
}
