import { once } from "node:events";
import { createServer } from "node:net";

/** A port of the loopback that was free a moment ago, for programs that must be told one; whatever can bind port 0 should. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
