import type { HoldJob } from "./hold-mesh.ts";
import type { SoakJob } from "./soak-mesh.ts";

/** What a process of its own can be asked for. */
export type MeshJob = ({ readonly kind: "soak" } & SoakJob) | ({ readonly kind: "hold" } & HoldJob);
