import type { ReadNode } from "../read/read-node.ts";
import { createBareApp } from "./create-app.ts";
import { createReadDoors } from "./read-doors.ts";
import { addRoutesFor } from "./routes/reading-routes.ts";

/** One answer, whole. */
export interface AnswerInProcess {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}

export interface InProcess {
  /** `url`: path and query. */
  get(url: string, headers: Readonly<Record<string, string>>): Promise<AnswerInProcess>;
  close(): Promise<void>;
}

/** Every reading route over a node, without a socket: nobody but the caller can ask. Streams without end are not for it. */
export function answerInProcess(node: ReadNode): InProcess {
  const app = createBareApp();
  addRoutesFor(app, createReadDoors(node, { isStopping: () => false }));
  return {
    async get(url, headers) {
      const answer = await app.inject({ method: "GET", url, headers: { ...headers } });
      return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
    },
    close: async () => app.close(),
  };
}
