import { chartNameOf } from "@swoosh/kernel";
import { Project } from "../driver/project-document.ts";
import type { RunningNode } from "../node/open-node.ts";
import { ENGINE_RULE } from "../providers/shhh/http-policy-engine.ts";
import type { PolicyVerdict } from "../providers/shhh/policy-scan.ts";
import { graver } from "../providers/shhh/policy-scan.ts";
import type { RuleSet } from "../providers/shhh/secret-rule.ts";
import type { Log } from "../up/log.ts";
import type { ProposeHere } from "./propose-as.ts";

interface KnownVerdict {
  readonly evidence: string;
  readonly findings: number;
  readonly subject: string;
}

/**
 * Quarantines under an older policy, judged again by the present one. What was denied is not here any more, so its findings are judged: by
 * the rules that they name; those of an engine outside are for a person. A finding whose rule is gone, or denies no longer, is allowed; where one still denies, or some are
 * not named, a person decides.
 */
export async function reviewQuarantines(given: {
  readonly node: RunningNode;
  readonly rules: RuleSet;
  /** Under the identity of the policy provider. */
  readonly propose: ProposeHere;
  readonly log: Log;
}): Promise<void> {
  const { log, node, propose, rules } = given;
  for (const instance of node.engine.instances()) {
    if (chartNameOf(instance) !== "project") continue;
    const document = node.engine.state.head(instance)?.document;
    if (document === undefined) continue;
    const project = new Project(document);
    const { policy_version: version, subject } = project.context.policy;
    if (!project.in("Policy.QUARANTINED") || version === 0 || version >= rules.version) continue;
    const known = verdictOf(node, project.id, subject);
    if (known === undefined) continue;
    const verdict = judgeAgain(node, known, rules);
    if (verdict === "deny") continue;
    await propose(`policy/${project.id}`, "Policy_Verdict", {
      evidence: known.evidence,
      findings: known.findings,
      policy_version: rules.version,
      subject,
      verdict,
    });
    const answer = await propose(instance, "Policy_Release");
    if (answer.ok) log("info", `${instance} is released: policy ${rules.version} allows it`);
    else log("error", `${instance} cannot be released: ${answer.reasons.join("; ")}`);
  }
}

function verdictOf({ engine }: RunningNode, id: string, subject: string): KnownVerdict | undefined {
  const context = engine.state.head(`policy/${id}`)?.document.context;
  const { verdicts = [] }: { verdicts?: readonly KnownVerdict[] } = Object(context);
  return verdicts.find((one) => one.subject === subject);
}

function judgeAgain(
  { blobs }: Pick<RunningNode, "blobs">,
  { evidence, findings: count }: KnownVerdict,
  rules: RuleSet,
): PolicyVerdict {
  const bytes = blobs.read(evidence);
  if (bytes === undefined) return "deny";
  const { findings }: { findings?: unknown } = Object(JSON.parse(Buffer.from(bytes).toString()));
  if (!Array.isArray(findings) || findings.length !== count) return "deny";
  let verdict: PolicyVerdict = "allow";
  for (const finding of findings) {
    const { rule, verdict: was }: { rule?: unknown; verdict?: unknown } = Object(finding);
    if (was === "allow") continue;
    const now =
      rule === "key-file" || String(rule).startsWith(ENGINE_RULE)
        ? "deny"
        : (rules.rules.find(({ id }) => id === rule)?.verdict ?? "allow");
    verdict = graver(verdict, now);
  }
  return verdict;
}
