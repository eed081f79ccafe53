import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import process from "node:process";

/**
 * The environment of a thread of ours. The folder in which the command keeps what Node makes of the sources is the main thread's
 * alone, unless a variable names it: without it each thread would strip the types anew, and hold what does so for good.
 */
export function threadEnv(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  // In that folder is one for each version of Node, and this is ours.
  return folder === undefined
    ? process.env
    : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) };
}
