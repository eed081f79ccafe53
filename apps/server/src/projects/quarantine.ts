import { chartNameOf, type JsonObject } from "@swoosh/kernel";
import { readSession } from "@swoosh/fleet";
import type { RunningNode } from "../node/open-node.ts";
import { rationaleOf, scanEvidence } from "../providers/shhh/policy-evidence.ts";
import type { OnDenied, Screen, ScreenFinding } from "../screen/screen.ts";
import { secretProblem } from "../screen/screen-proposal.ts";
import type { Log } from "../up/log.ts";
import type { ProposeHere } from "./propose-as.ts";

/** Charts whose instances are named after the project that they belong to. */
const OF_PROJECTS: ReadonlySet<string> = new Set(["council", "policy"]);

/**
 * What SHHH does about a secret that somebody handed in: the verdict enters the log as a fact, then the project is quarantined.
 * A finding that belongs to no project is refused, and no more.
 */
export function quarantineProjects(given: {
  readonly node: RunningNode;
  /** Under the identity of the policy provider. */
  readonly propose: ProposeHere;
  readonly log: Log;
}): OnDenied {
  const { log, node, propose } = given;
  return async (finding) => {
    const { scan, subject } = finding;
    const id = projectOf(node, finding.instance);
    if (id === undefined) {
      log("warn", `a secret was refused: ${rationaleOf(scan)}`, { instance: finding.instance });
      return;
    }
    const [evidence = ""] = await node.blobs.saveAll([scanEvidence(scan)]);
    const verdict: JsonObject = {
      evidence,
      findings: scan.count,
      policy_version: scan.policyVersion,
      subject,
      verdict: "deny",
    };
    const told = await propose(`policy/${id}`, "Policy_Verdict", verdict);
    const rationale = rationaleOf(scan);
    const inputs = { policy_version: scan.policyVersion, rationale, subject };
    const answer = await propose(`project/${id}`, "Policy_Quarantine", inputs);
    // It may be quarantined already.
    for (const one of [told, answer])
      if (!one.ok && one.code !== "not_enabled")
        log("error", `project/${id} cannot be quarantined: ${one.reasons.join("; ")}`);
    if (answer.ok) log("warn", `project/${id} is quarantined: ${rationale}`);
  };
}

/** The project that an instance belongs to, where it is there and goes on. */
function projectOf({ engine }: RunningNode, instance: string): string | undefined {
  const name = chartNameOf(instance);
  const id = instance.slice(name.length + 1);
  const is = (one: string): string | undefined =>
    engine.state.head(`project/${one}`)?.document.meta.ended === false ? one : undefined;
  if (name === "project" || OF_PROJECTS.has(name)) return is(id);
  if (name !== "session") return undefined;
  const session = engine.state.head(instance);
  return session === undefined ? undefined : is(readSession(session.document).holder);
}

/** A service's door to the log behind the screen: what agents say reaches it through the driver's own proposals too. */
export function screened(propose: ProposeHere, screen: Screen): ProposeHere {
  return async (instance, transition, inputs = {}, more = {}) => {
    const finding: ScreenFinding | undefined = screen.value(instance, {
      ...inputs,
      justification: more.justification ?? "",
    });
    if (finding === undefined) return propose(instance, transition, inputs, more);
    await screen.actOn(finding);
    const { detail } = secretProblem(finding);
    return { ok: false, code: "secret_found", guard: null, reasons: [detail] };
  };
}
