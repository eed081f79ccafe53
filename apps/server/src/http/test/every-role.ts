/** Roles that an identity can be granted (transition API, Identities), written here a second time on purpose. */
export const GRANTABLE_ROLES = [
  "operator",
  "controller",
  "council",
  "agent",
  "ingest",
  "provider",
  "client",
  "ci",
  "auditor",
] as const;

/** These, and the one that nobody is ever granted. */
export const EVERY_ROLE = [...GRANTABLE_ROLES, "engine"] as const;
