// The door for programs that check a log or copy one, and run no server.
export { verifyFolder } from "./verify/verify-folder.ts";
export { verifyLog, type UnsoundLog, type VerifiedLog } from "./verify/verify-log.ts";
export { readFolder } from "./verify/read-folder.ts";
export { recordSignatureHolds } from "./verify/record-signature-holds.ts";
export { createServerKernel } from "./node/create-server-kernel.ts";
export { backupFolder, type BackupProgress } from "./backup/backup-folder.ts";
export { restoreFolder } from "./backup/restore-folder.ts";
export { UnsoundBackup } from "./backup/unsound-backup.ts";
