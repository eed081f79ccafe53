import { canonicalize } from "@swoosh/kernel";
import type { EntryPoint } from "../ingest/gitea/entry-point.ts";
import type { RunningNode } from "../node/open-node.ts";
import type { Log } from "../up/log.ts";
import type { ProposeHere } from "./propose-as.ts";

/** Identities that a project's chart wants to know of. */
const IDENTITIES = ["driver", "ingest", "shhh"];

/** Begins the project of an entry point; one that is there is left alone, however often it is told. */
export function entryBeginner(given: {
  readonly node: RunningNode;
  /** Under the identity that drives projects. */
  readonly propose: ProposeHere;
  readonly log: Log;
}): (entry: EntryPoint) => Promise<void> {
  const { log, node, propose } = given;
  return async ({ instance, issue, source, title }) => {
    if (node.engine.state.head(instance) !== undefined) return;
    const config = canonicalize({ issue, project_file: "swoosh.yaml", source, title });
    const configHash = node.blobs.save(Buffer.from(config));
    const inputs = { config_hash: configHash, identities: [...IDENTITIES] };
    const answer = await propose(instance, "Boot_ConfigOk", inputs);
    if (!answer.ok) throw new Error(`${instance} cannot be begun: ${answer.reasons.join("; ")}`);
    log("info", `${instance} begins, from ${issue}`);
  };
}
