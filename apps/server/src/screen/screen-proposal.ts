import { scopeCovers, type Engine } from "@swoosh/kernel";
import { edgeProblem, type Problem } from "@swoosh/protocol";
import type { Screen, ScreenFinding } from "./screen.ts";

/** Codes of a proposal whose signature was not found to hold. */
const UNPROVEN: ReadonlySet<string> = new Set([
  "fenced",
  "not_leader",
  "overloaded",
  "unsupported_media_type",
  "too_large",
  "rate_limited",
  "malformed",
  "wrong_origin",
  "inputs_mismatch",
  "unsigned",
  "bad_signature",
  "unknown_signer",
]);

/**
 * The problem of a proposal that holds a secret; undefined: it may go on. A project is quarantined for it only where the proposal is
 * signed by somebody with a role there: a stranger's words are refused and change nothing.
 */
export async function screenProposal(
  screen: Screen,
  engine: Engine,
  text: string,
): Promise<Problem | undefined> {
  const finding = screen.proposal(text);
  if (finding === undefined) return undefined;
  if (finding.scan.verdict === "deny" && (await isFromWithin(engine, text, finding)))
    await screen.actOn(finding);
  return secretProblem(finding);
}

/** Says what was found where, and what to do. */
export function secretProblem({ scan }: Pick<ScreenFinding, "scan">): Problem {
  const first = scan.findings.find(({ verdict }) => verdict === scan.verdict);
  const place = first === undefined ? "" : `: ${first.rule} in ${first.place}`;
  return edgeProblem(
    "secret_found",
    `nothing of it was kept${place}; take it out, and replace it wherever it is used`,
  );
}

async function isFromWithin(
  engine: Engine,
  text: string,
  { instance }: ScreenFinding,
): Promise<boolean> {
  const answer = await engine.propose(text, { dryRun: true });
  if (answer.kind === "refused" && UNPROVEN.has(answer.refused.code)) return false;
  const { signer }: { signer?: unknown } = Object(JSON.parse(text));
  const name = typeof signer === "string" ? engine.state.registry.identityOf(signer) : undefined;
  if (name === undefined) return false;
  const roles: unknown = engine.state.head(`identity/${name}`)?.document.context["roles"];
  return (
    Array.isArray(roles) &&
    roles.some((one) => {
      const { scope }: { scope?: unknown } = Object(one);
      return typeof scope === "string" && scopeCovers(scope, instance);
    })
  );
}
