import { spawn, type ChildProcess } from "node:child_process";
import { needDebian } from "./need-debian.ts";

export interface NatsStart {
  /** On the loopback; a test that kills NATS starts it again on the port of before. */
  readonly port: number;
  /** What cannot run without it, for the message where it is missing. */
  readonly purpose: string;
}

/** A real NATS server that takes connections; whoever starts it kills it. Throws with what it said where it ends instead. */
export async function startNats({ port, purpose }: NatsStart): Promise<ChildProcess> {
  const program = needDebian({ program: "nats-server", debianPackage: "nats-server", purpose });
  const child = spawn(program, ["--addr", "127.0.0.1", "--port", String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    // Read to the end: what it says into a closed pipe would kill it.
    child.stderr.on("data", (piece: Buffer) => {
      said += String(piece);
      if (said.includes("Server is ready")) resolve();
    });
    child.stderr.on("end", () => reject(new Error(said)));
    child.on("error", reject);
  });
  return child;
}
