import { findSecrets } from "../redact-secrets.ts";
import type { Finding, SourceText } from "./finding.ts";

/** Names of files whose very presence is the secret. */
const SECRET_FILES =
  /(^|\/)(\.env|id_rsa|id_ed25519|.*\.p12|.*\.pfx|\.npmrc\.local|credentials\.json)$/;

/** Secrets in tracked files. A line with `allow-secret` is a sample; the secret itself is never shown. */
export function checkSecrets(files: readonly SourceText[]): readonly Finding[] {
  return files.flatMap(({ path, text }) => {
    const found: Finding[] = findSecrets(text).map(({ line, name }) => ({
      file: path,
      line,
      message: `holds what looks like a ${name}; take it out of the history and revoke it, or mark a sample with allow-secret`,
    }));
    if (SECRET_FILES.test(path))
      found.push({
        file: path,
        line: null,
        message: "is a file of secrets; it must not be tracked",
      });
    return found;
  });
}
