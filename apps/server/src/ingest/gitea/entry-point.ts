import { createHash } from "node:crypto";

/** Label of an issue that begins a project (facts §1.1). */
export const ENTRY_LABEL = "chorus-entrypoint";

/** An issue of a Gitea that asks for a project. */
export interface EntryPoint {
  /** Instance of the project that it begins: the same for the same issue, however often it is told. */
  readonly instance: string;
  /** What `resolveSource` takes. */
  readonly source: string;
  /** Address of the issue, for people. */
  readonly issue: string;
  readonly title: string;
}

export type ReadEntry =
  | { readonly kind: "entry"; readonly entry: EntryPoint }
  /** Well formed, and no entry point: another label, a closed issue, a pull request. */
  | { readonly kind: "other" }
  | { readonly kind: "malformed"; readonly problem: string };

const OWNER = /^[A-Za-z0-9_.-]{1,100}$/;
const BRANCH = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;
const ID_LENGTH_MAX = 48;
const HASH_HEX_LENGTH = 8;
const TITLE_LENGTH_MAX = 200;

/**
 * Reads an issue and its repository as Gitea's API gives them. `base`: address of the Gitea that is trusted: repositories elsewhere are not
 * believed, whoever says so.
 */
export function readEntry(issue: unknown, repository: unknown, base: URL): ReadEntry {
  const { html_url, labels, number, pull_request, state, title } = fieldsOf(issue);
  const { clone_url, default_branch, full_name } = fieldsOf(repository);
  if (!Number.isSafeInteger(number) || Number(number) < 1)
    return malformed("the issue has no number");
  if (typeof full_name !== "string") return malformed("the repository has no full_name");
  const [owner = "", name = "", ...more] = full_name.split("/");
  if (!OWNER.test(owner) || !OWNER.test(name) || more.length > 0)
    return malformed(`"${full_name.slice(0, 100)}" is no name of a repository`);
  const hasLabel =
    Array.isArray(labels) &&
    labels.some((label: unknown) => fieldsOf(label)["name"] === ENTRY_LABEL);
  const isPull = typeof pull_request === "object" && pull_request !== null;
  if (state !== "open" || !hasLabel || isPull) return { kind: "other" };
  const clone = typeof clone_url === "string" ? URL.parse(clone_url) : null;
  if (clone === null || clone.host !== base.host || clone.protocol !== base.protocol)
    return malformed(`the repository's clone_url is not below ${base.origin}`);
  if (typeof default_branch !== "string" || !BRANCH.test(default_branch))
    return malformed("the repository has no default_branch");
  const address =
    typeof html_url === "string" && URL.canParse(html_url)
      ? html_url
      : `${base.origin}/${full_name}/issues/${String(number)}`;
  return {
    kind: "entry",
    entry: {
      instance: `project/${idOf(base.host, full_name, Number(number))}`,
      source: `${clone.href}#${default_branch}`,
      issue: address,
      title: (typeof title === "string" ? title : "").slice(0, TITLE_LENGTH_MAX),
    },
  };
}

/** Readable, and unique by a hash of all that it stands for. */
function idOf(host: string, repository: string, number: number): string {
  const hash = createHash("sha256").update(`${host} ${repository} ${number}`).digest("hex");
  const readable = `${repository}-${number}`
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .slice(-ID_LENGTH_MAX);
  return `${readable.replace(/^-+/, "")}-${hash.slice(0, HASH_HEX_LENGTH)}`;
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function malformed(problem: string): ReadEntry {
  return { kind: "malformed", problem };
}
