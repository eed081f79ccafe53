import type { RouteId } from "@swoosh/protocol";
import { createBareApp } from "../http/create-app.ts";
import { createReadDoors } from "../http/read-doors.ts";
import { refuseRoute } from "../http/refuse-route.ts";
import { addRoutesFor } from "../http/routes/reading-routes.ts";
import type { ReadNode } from "../read/read-node.ts";
import { notLeader } from "../read/reading.ts";

/** What only the node that writes takes. */
const WRITES: readonly RouteId[] = ["proposeTransition", "proposeTransitions", "storeEvidence"];
const HOST = "127.0.0.1";

export interface ServedFollower {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a follower's reads on the loopback. Whoever would write is sent to the leader. `port` 0 picks one. */
export async function serveFollower(
  node: ReadNode,
  given: { readonly port: number; readonly onDefect: (error: unknown) => void },
): Promise<ServedFollower> {
  let stopping = false;
  const app = createBareApp({ onDefect: given.onDefect });
  addRoutesFor(app, createReadDoors(node, { isStopping: () => stopping }));
  const leader = node.role.leader ?? "";
  const why = `this node follows ${leader} and takes nothing; send it there`;
  for (const id of WRITES) refuseRoute(app, id, notLeader(leader, why).problem);
  await app.listen({ host: HOST, port: given.port });
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : given.port;
  return {
    url: `http://${HOST}:${port}`,
    async close() {
      stopping = true;
      await app.close();
    },
  };
}
