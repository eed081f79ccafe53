import process from "node:process";
import { holdMesh } from "./hold-mesh.ts";
import type { MeshJob } from "./mesh-job.ts";
import { soakMesh } from "./soak-mesh.ts";

/** One job, given as JSON, in a process that does nothing else; prints a line of JSON for each sample, and one at the end. */
const job: MeshJob = JSON.parse(process.argv[2] ?? "");
const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
print({
  done: job.kind === "soak" ? await soakMesh(job, (sample) => print({ sample })) : holdMesh(job),
});
