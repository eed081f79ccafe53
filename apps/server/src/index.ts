// The server's door: a data folder made, opened and (through `serve`) put on the network. Embedded use needs no HTTP.
export { initNode, type InitOptions, type InitReport } from "./node/init-node.ts";
export { openNode, type NodeOptions, type RunningNode } from "./node/open-node.ts";
export { dataFolder, type DataFolder } from "./node/data-folder.ts";
export { createServerKernel } from "./node/create-server-kernel.ts";
export { NodeProblem } from "./node/node-problem.ts";
export type { EffectListener, PublishedRecord, RecordListener } from "./node/record-hub.ts";
export { KeyProblem } from "./keys/key-problem.ts";
export { readKeyFile, writeKeyFile } from "./keys/key-file.ts";
export { PrivateKey } from "./keys/private-key.ts";
export { ChartRefused } from "./charts/chart-refused.ts";
export { readCharts } from "./charts/read-charts.ts";
export { SHIPPED_CHARTS } from "./charts/shipped-charts.ts";
export { BlobStore, blobHash } from "./evidence/blob-store.ts";
export { hasher } from "./hasher.ts";
