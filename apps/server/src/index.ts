// The server's door for everybody who works on a data folder without a network. What serves it has doors of its own
// (`/http`, `/up`), so that embedded use loads no HTTP; and so have keys, settings and verification (`/keys`, `/settings`,
// `/verify`), so that a client loads no engine.
export { initNode, type InitOptions, type InitReport } from "./node/init-node.ts";
export { openNode, type NodeOptions, type RunningNode } from "./node/open-node.ts";
export { isFresh } from "./node/begun-folder.ts";
export { createTestPorts, TEST_RUN_VARIABLE, type TestPorts } from "./node/test-ports.ts";
export { registerIdentity, type NewIdentity } from "./projects/service-identities.ts";
export { NodeProblem } from "./node/node-problem.ts";
export type { EffectListener, PublishedRecord, RecordListener } from "./node/record-hub.ts";
export { ChartRefused } from "./charts/chart-refused.ts";
export { readCharts } from "./charts/read-charts.ts";
export { SHIPPED_CHARTS } from "./charts/shipped-charts.ts";
export { BlobStore, blobHash } from "./evidence/blob-store.ts";
export { createScreen } from "./screen/create-screen.ts";
export type { Screen } from "./screen/screen.ts";
export { readWorld, type WorldSettings } from "./projects/world-settings.ts";
export type { Log, LogLevel } from "./up/log.ts";
export { JournalLocked } from "./journal/journal-locked.ts";
export { readLog } from "./journal/read-log.ts";
export { examine } from "./doctor/examine.ts";
export type { Finding, Verdict } from "./doctor/finding.ts";
