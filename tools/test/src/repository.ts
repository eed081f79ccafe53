import { fileURLToPath } from "node:url";

/** Root folder of the repository, without a slash at its end. */
export const REPOSITORY: string = fileURLToPath(new URL("../../..", import.meta.url)).replace(
  /\/$/,
  "",
);
