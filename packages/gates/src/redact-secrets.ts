/** Forms of secrets that are recognised wherever they stand. Each with what it is, for findings. */
export const SECRET_FORMS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  {
    name: "private key",
    pattern:
      /-----BEGIN (?:[A-Z ]+ )?PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z ]+ )?PRIVATE KEY-----|$)/g,
  },
  { name: "AWS access key", pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  {
    name: "GitHub token",
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/g,
  },
  { name: "GitLab token", pattern: /\bglpat-[A-Za-z0-9_-]{20,}/g },
  { name: "Slack token", pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g },
  { name: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { name: "Stripe key", pattern: /\b[rs]k_live_[A-Za-z0-9]{16,}/g },
  { name: "Google API key", pattern: /\bAIza[0-9A-Za-z_-]{35}/g },
  { name: "age secret key", pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}/g },
  {
    name: "JSON web token",
    pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  },
  {
    name: "password in a URL",
    // What stands there in ucxl://agent:role@project:task is a role.
    pattern: /\b(?!ucxl:)[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@]{3,}@/g,
  },
  {
    name: "Discord bot token",
    pattern: /\b[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}/g,
  },
];

/** `password = …`, `API_KEY: …`: the value is the secret. Quoted values, or bare ones that look random. */
const ASSIGNED =
  /\b([A-Za-z0-9_.-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|credential)[A-Za-z0-9_.-]*)(["']?\s*[:=]\s*)(["'][^"'\n]{6,}["']|[A-Za-z0-9+/_=-]{12,})/gi;

/** Values of environment variables with such names are secrets wherever they show up. */
const SECRET_NAME = /password|passwd|secret|token|api_?key|access_?key|credential|private/i;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Everything that looks like a secret, replaced. `values`: texts that are known to be secrets. */
export function redactSecrets(text: string, values: readonly string[] = []): string {
  let redacted = text;
  for (const value of values)
    if (value.length >= 6) redacted = redacted.replaceAll(value, "[redacted]");
  for (const { name, pattern } of SECRET_FORMS)
    redacted = redacted.replaceAll(pattern, `[redacted ${name}]`);
  return redacted.replaceAll(ASSIGNED, "$1$2[redacted]");
}

export interface SecretFinding {
  readonly line: number;
  readonly name: string;
}

/** A PEM head that key material follows, be it in quotes, escaped or behind its own header lines: the head alone is no key. */
const KEY_MATERIAL =
  /^-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s"'`+,*#/>|]|\\[nr]|[A-Za-z-]{1,20}: [^\n]{1,80}\n){0,64}[A-Za-z0-9+/]{8,}={0,2}(?:[\s"'`-]|\\[nr]|$)/;

/** A text that is filled in later, standing where the password would be. */
const FILLED_IN = /:(?:\$\{[^}]*\}|\$\w+|<[^>]*>|\{\w+\})@$/;

/** Near the head of a file, where its author says so of all of it. */
const FILE_MARK_CHARACTERS = 1_024;

/**
 * Where in a text secrets stand; never what they are. A line with `allow-secret` is a sample, and so is a whole file with
 * `allow-secrets-in-this-file` at its head: the marks that SHHH knows as well.
 */
export function findSecrets(text: string): readonly SecretFinding[] {
  if (text.slice(0, FILE_MARK_CHARACTERS).includes("allow-secrets-in-this-file")) return [];
  const findings: SecretFinding[] = [];
  const lines = text.split("\n");
  const add = (at: number, name: string): void => {
    const line = text.slice(0, at).split("\n").length;
    if (!(lines[line - 1] ?? "").includes("allow-secret")) findings.push({ line, name });
  };
  for (const { name, pattern } of SECRET_FORMS)
    for (const found of text.matchAll(pattern)) {
      if (name === "private key") {
        // A head without an end takes all that follows with it: look for further heads inside.
        for (const head of found[0].matchAll(/-----BEGIN /g))
          if (KEY_MATERIAL.test(found[0].slice(head.index))) add(found.index + head.index, name);
      } else if (!FILLED_IN.test(found[0])) add(found.index, name);
    }
  for (const found of text.matchAll(ASSIGNED)) {
    const value = (found[3] ?? "").replaceAll(/["']/g, "");
    if (looksAssigned(value)) add(found.index, `value of ${found[1] ?? "a secret"}`);
  }
  return findings.sort((one, other) => one.line - other.line);
}

/** Letters and digits mixed, and hardly a character twice: words, paths, placeholders and digests of a secret are not. */
function looksAssigned(whole: string): boolean {
  if (/^sha(?:256|384|512)[-:][0-9a-f]{64,128}$/i.test(whole)) return false;
  // What a program puts in is not in the file; what stands around it is.
  const value = withoutFillings(whole);
  if (value.length < 12 || /^(?:x+|\*+|<.*>|\$.*|.*\.\.\..*)$/i.test(value)) return false;
  const digits = value.replaceAll(/\D/g, "").length;
  const letters = value.replaceAll(/[^A-Za-z]/g, "").length;
  const distinct = new Set(value).size;
  return (
    digits >= 2 && letters >= 4 && distinct * 2 >= Math.min(value.length, 24) && !/\s/.test(value)
  );
}

/** `a${b(`${c}`)}d` → `ad`: from within to without; one that is cut off goes to the end. */
function withoutFillings(value: string): string {
  const shorter = value.replaceAll(/\$\{[^{}]*\}/g, "");
  return shorter === value ? value.replace(/\$\{.*$/, "") : withoutFillings(shorter);
}
