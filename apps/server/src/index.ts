// The server's door for everybody who works on a data folder without a network. What serves it has doors of its own
// (`/http`, `/up`), so that embedded use loads no HTTP.
export { initNode, type InitOptions, type InitReport } from "./node/init-node.ts";
export { openNode, type NodeOptions, type RunningNode } from "./node/open-node.ts";
export { dataFolder, type DataFolder } from "./node/data-folder.ts";
export { isFresh } from "./node/begun-folder.ts";
export { createTestPorts, TEST_RUN_VARIABLE, type TestPorts } from "./node/test-ports.ts";
export { createServerKernel } from "./node/create-server-kernel.ts";
export { registerIdentity, type NewIdentity } from "./projects/service-identities.ts";
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
export { readSettings, Settings } from "./settings/read-settings.ts";
export { SERVER_SETTINGS } from "./settings/server-settings.ts";
export { createScreen } from "./screen/create-screen.ts";
export type { Screen } from "./screen/screen.ts";
export { readWorld, type WorldSettings } from "./projects/world-settings.ts";
export { SettingProblem } from "./settings/setting-problem.ts";
export {
  flagOf,
  variableOf,
  type EffectiveSetting,
  type Setting,
  type SettingValue,
} from "./settings/setting.ts";
export type { Log, LogLevel } from "./up/log.ts";
export { JournalLocked } from "./journal/journal-locked.ts";
export { readLog } from "./journal/read-log.ts";
export { verifyFolder } from "./verify/verify-folder.ts";
export { verifyLog, type UnsoundLog, type VerifiedLog } from "./verify/verify-log.ts";
export { backupFolder, type BackupProgress } from "./backup/backup-folder.ts";
export { restoreFolder } from "./backup/restore-folder.ts";
export { UnsoundBackup } from "./backup/unsound-backup.ts";
export { readFolder } from "./verify/read-folder.ts";
export { recordSignatureHolds } from "./verify/record-signature-holds.ts";
export { examine } from "./doctor/examine.ts";
export type { Finding, Verdict } from "./doctor/finding.ts";
export { MASK, Secret } from "./settings/secret.ts";
export { AGE_PREFIX, SETTINGS_FILE } from "./settings/read-settings-file.ts";
export { ageIdentities } from "./keys/age-identity.ts";
export { decryptAge, encryptAge, encryptAgeArmored, isAgeFile, recipientsOf } from "./keys/age.ts";
