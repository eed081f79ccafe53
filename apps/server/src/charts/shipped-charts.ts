import { fileURLToPath } from "node:url";

/** Folder of the charts that come with Swoosh. */
export const SHIPPED_CHARTS = fileURLToPath(new URL("../../../../charts", import.meta.url));
