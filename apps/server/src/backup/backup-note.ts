/** A backup's own note of what it holds; written last, after the copy was replayed. */
export const BACKUP_NOTE = "backup.json";
export const BACKUP_SCHEMA = "swoosh.backup.v1";
