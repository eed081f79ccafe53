import { looksRandom, looksLikeKey } from "./looks-random.ts";
import type { RuleSet, SecretRule } from "./secret-rule.ts";

const DENIED: readonly SecretRule[] = [
  {
    id: "private-key",
    title: "private key in PEM",
    verdict: "deny",
    hints: ["private key-----"],
    pattern:
      /-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----(?:\s{0,4}Proc-Type[^\n]{1,80}\s{1,3}DEK-Info[^\n]{1,80})?[^-]{32,16000}/g,
  },
  {
    id: "age-key",
    title: "age secret key",
    verdict: "deny",
    hints: ["age-secret-key-1"],
    pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g,
  },
  {
    id: "aws-access-key",
    title: "AWS access key",
    verdict: "deny",
    hints: ["akia", "asia"],
    pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  },
  {
    id: "github-token",
    title: "GitHub token",
    verdict: "deny",
    hints: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/g,
  },
  {
    id: "gitlab-token",
    title: "GitLab token",
    verdict: "deny",
    hints: ["glpat-"],
    pattern: /\bglpat-[A-Za-z0-9_-]{20,100}/g,
  },
  {
    id: "slack-token",
    title: "Slack token",
    verdict: "deny",
    hints: ["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-"],
    pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,200}/g,
  },
  {
    id: "npm-token",
    title: "npm token",
    verdict: "deny",
    hints: ["npm_"],
    pattern: /\bnpm_[A-Za-z0-9]{36}\b/g,
  },
  {
    id: "stripe-key",
    title: "Stripe key",
    verdict: "deny",
    hints: ["k_live_"],
    pattern: /\b[rs]k_live_[A-Za-z0-9]{16,200}/g,
  },
  {
    id: "openai-key",
    title: "OpenAI key",
    verdict: "deny",
    hints: ["sk-"],
    pattern: /\bsk-(?:proj-|svcacct-|ant-)?[A-Za-z0-9_-]{40,200}/g,
    counts: looksRandom,
  },
  {
    id: "google-api-key",
    title: "Google API key",
    verdict: "deny",
    hints: ["aiza"],
    pattern: /\bAIza[0-9A-Za-z_-]{35}/g,
  },
  {
    id: "discord-token",
    title: "Discord bot token",
    verdict: "deny",
    hints: ["."],
    pattern: /\b[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}/g,
    counts: looksRandom,
    textOnly: true,
  },
];

const REDACTED: readonly SecretRule[] = [
  {
    id: "json-web-token",
    title: "JSON web token",
    verdict: "redact",
    hints: ["eyj"],
    pattern: /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}/g,
  },
  {
    id: "bearer-token",
    title: "bearer token",
    verdict: "redact",
    hints: ["bearer "],
    pattern: /\bbearer\s{1,4}(?<secret>[A-Za-z0-9_.~+/-]{20,2000}={0,2})/gi,
    counts: looksRandom,
  },
  {
    id: "url-password",
    title: "password in a URL; agent:role@… of a UCXL address is none",
    verdict: "redact",
    hints: ["://"],
    pattern:
      /(?<!\bucxl):\/\/[^\s:/@"'`<>{}$]{1,100}:(?<secret>[^\s:/@"'`<>{}$]{3,200})@[A-Za-z0-9[]/g,
  },
  {
    id: "assigned-secret",
    title: "value of a password, token or key",
    verdict: "redact",
    hints: ["password", "passwd", "secret", "token", "api", "access", "credential"],
    pattern:
      /(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|credential)[A-Za-z0-9_.-]{0,40}["']?\s{0,4}[:=]\s{0,4}(?:["'](?<secret>[^"'\n]{12,200})["']|(?<bare>[A-Za-z0-9+/_=-]{12,200}))/gi,
    counts: looksRandom,
    textOnly: true,
  },
  {
    id: "high-entropy",
    title: "text that looks like key material",
    verdict: "redact",
    hints: ["key", "secret", "token", "auth", "private", "passw", "credential"],
    pattern:
      /(?:key|secret|token|auth|private|passw|credential)[A-Za-z0-9_.-]{0,24}["']?\s{0,4}[:=,(]\s{0,4}["'](?<secret>[A-Za-z0-9+/_-]{40,200}={0,2})["']/gi,
    counts: looksLikeKey,
    textOnly: true,
  },
];

/** The rules that come with Swoosh. Whoever changes one of them raises `version`. */
export const SHIPPED_RULES: RuleSet = {
  version: 1,
  rules: [...DENIED, ...REDACTED],
  sampleMark: "allow-secret",
  sampleFileMark: "allow-secrets-in-this-file",
  keyFiles: [".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"],
};
