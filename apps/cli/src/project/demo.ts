import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createClient, createWebPorts, type Client, type Signer } from "@swoosh/sdk";
import type { ConsolePort } from "../console-port.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { beginProject, nextInstance } from "./begin-project.ts";
import { followProject, type ProjectEnd } from "./follow-project.ts";
import { toldLine } from "./told-line.ts";

export interface DemoOptions {
  readonly url: string;
  readonly signer: Signer;
  readonly source: string;
  readonly signal: AbortSignal;
}

const DEMO = "project/demo";
/** ms without a record after which somebody who watches wants to know why. */
const STILL_MS = 10_000;

/**
 * The demo: a repository as `project/demo`, told line by line. One that was left goes on; after its end the next has a number.
 * Resolves with the project's end; rejects where it is stopped.
 */
export async function runDemo(port: ConsolePort, options: DemoOptions): Promise<ProjectEnd> {
  const { signal, signer, source, url } = options;
  const paint = createPaint(port.colour.out);
  const client = createClient({ url, ports: createWebPorts(globalThis), signer });
  const place = existsSync(source) ? resolve(source) : source;
  const instance = await nextInstance(client, DEMO);
  await tellPast(port, client, instance);
  const goesOn = (await client.state(instance)) !== undefined;
  port.out(
    `${paint.strong(instance)} ${goesOn ? "goes on where it was" : `begins, from ${plainText(place)}`}\n`,
  );
  const since = await beginProject(client, { instance, source: place });
  const began = Date.now();
  const still = setTimeout(() => {
    const hint = `still at this after ${STILL_MS / 1_000} s; npx swoosh explain ${instance} --url ${url} tells who owes what`;
    port.out(`${paint.dim(hint)}\n`);
  }, STILL_MS);
  try {
    const end = await followProject({
      client,
      instance,
      since,
      signal,
      tell: (told) => {
        still.refresh();
        if (told.at >= began - 5_000) port.out(`${toldLine(told, began, paint)}\n`);
      },
    });
    tellEnd(port, instance, end);
    return end;
  } finally {
    clearTimeout(still);
  }
}

/** Projects of earlier starts, which have ended. */
async function tellPast(port: ConsolePort, client: Client, next: string): Promise<void> {
  const paint = createPaint(port.colour.out);
  for await (const { configuration, instance } of client.instances({ chart: "project" }))
    if (instance !== next && configuration.includes("Lifecycle.TERMINATED"))
      port.out(`${paint.dim(`${instance} has ended: swoosh decisions --instance ${instance}`)}\n`);
}

function tellEnd(port: ConsolePort, instance: string, end: ProjectEnd): void {
  const paint = createPaint(port.colour.out);
  if (end.kind === "completed") port.out(`${paint.good("completed")} ${instance}\n`);
  else port.out(`${paint.error(end.kind)} ${instance}: ${plainText(end.why)}\n`);
}
