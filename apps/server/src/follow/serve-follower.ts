import { routeOf, type RouteId } from "@swoosh/protocol";
import { createBareApp } from "../http/create-app.ts";
import type { HttpApp } from "../http/http-app.ts";
import { createReadDoors } from "../http/read-doors.ts";
import { addRoutesFor } from "../http/routes/reading-routes.ts";
import { sendProblem } from "../http/send-problem.ts";
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
  for (const id of WRITES) refuseWrites(app, id, node.role.leader ?? "");
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

function refuseWrites(app: HttpApp, id: RouteId, leader: string): void {
  const { method, path } = routeOf(id);
  const { problem } = notLeader(
    leader,
    `this node follows ${leader} and takes nothing; send it there`,
  );
  app.route({
    method,
    url: path,
    // Before the body is read: nothing here wants it.
    onRequest: (_request, reply) => {
      void sendProblem(reply.header("connection", "close"), problem);
    },
    handler: (_request, reply) => sendProblem(reply, problem),
  });
}
