import process from "node:process";
import { holdMesh } from "./hold-mesh.ts";
import type { MeshJob } from "./mesh-job.ts";
import { soakMesh } from "./soak-mesh.ts";

/** One job, given as JSON, in a process that does nothing else; prints one line of JSON. */
const job: MeshJob = JSON.parse(process.argv[2] ?? "");
const done = job.kind === "soak" ? await soakMesh(job, () => {}) : holdMesh(job);
process.stdout.write(`${JSON.stringify(done)}\n`);
