import {
  canonicalize,
  hashOfCanonical,
  parseStrictJson,
  type Json,
  type JsonObject,
} from "@swoosh/kernel/values";
import { openingOf } from "@swoosh/protocol";
import { createWebPorts, type Client, type Proposed, type Signer } from "@swoosh/sdk";
import type { ProposeFlags } from "./add-propose-command.ts";
import { connect } from "./connect.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { hasher } from "./hasher.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { readText } from "./read-text.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

/** Of a commitment's salt. */
const SALT_BYTES = 16;

interface Request {
  readonly instance: string;
  readonly transition: string;
  readonly flags: ProposeFlags;
}

/** `swoosh propose`. */
export function runPropose(port: ConsolePort, request: Request): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { flags, instance, transition } = request;
    const inputs = readInputs(flags.inputs);
    if (typeof inputs === "string") {
      port.err(`${createPaint(port.colour.err).error("swoosh:")} ${plainText(inputs)}\n`);
      return EXIT.usage;
    }
    if (flags.redactable === true && flags.justification === undefined)
      throw new WorldError("--redactable is about a text; give --justification with it");
    const connection = await connect(flags, await signerOf(flags), (words) =>
      port.err(`swoosh: ${plainText(words)}\n`),
    );
    try {
      const { client } = connection;
      const justification = await justificationOf(client, flags);
      const options = {
        ...(flags.evidence === undefined ? {} : { evidence: flags.evidence }),
        ...(flags.idemKey === undefined ? {} : { idemKey: flags.idemKey }),
        ...(justification === undefined ? {} : { justification }),
        ...(flags.window === undefined ? {} : { windowId: flags.window }),
      };
      const proposed =
        flags.dryRun === true
          ? await client.dryRun(instance, transition, inputs, options)
          : await client.propose(instance, transition, inputs, options);
      tell(port, proposed, flags);
      return proposed.kind === "accepted" ? EXIT.ok : EXIT.no;
    } finally {
      await connection.close();
    }
  });
}

/** As it goes into the record: the text, or a commitment whose opening is evidence from here on. */
async function justificationOf(
  client: Client,
  { dryRun, justification, redactable }: ProposeFlags,
): Promise<string | undefined> {
  if (redactable !== true || justification === undefined) return justification;
  const salt = Buffer.from(createWebPorts(globalThis).random(SALT_BYTES)).toString("base64url");
  const opening = canonicalize(openingOf({ salt, text: justification }));
  const commitment = hashOfCanonical(hasher, opening);
  if (dryRun === true) return commitment;
  const { hash, redactions = 0 } = await client.putEvidence(Buffer.from(opening), {
    name: "justification",
  });
  // What the policy cuts out is another text: nobody signs for that unseen.
  if (redactions > 0 || hash !== commitment)
    throw new WorldError(
      `the policy finds ${redactions} secrets in the justification; write it without them`,
    );
  return commitment;
}

/** The inputs, or why they cannot be. */
function readInputs(given: string | undefined): JsonObject | string {
  if (given === undefined) return {};
  const text = given.startsWith("@") ? readText(given.slice(1)) : given;
  const parsed = parseStrictJson(text, { place: "inputs" });
  if (!parsed.ok)
    return `--inputs: ${parsed.problem} (line ${parsed.line}, column ${parsed.column})`;
  return isObject(parsed.value) ? parsed.value : "--inputs must be an object";
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export async function signerOf(flags: Pick<ProposeFlags, "data" | "key">): Promise<Signer> {
  const { dataFolder, readKeyFile } = await import("@swoosh/server/keys");
  const own = flags.data === undefined ? undefined : dataFolder(flags.data).operatorKey;
  const path = flags.key ?? process.env["SWOOSH_KEY"] ?? own;
  if (path === undefined)
    throw new WorldError(
      "nobody signs: give --key with a key file, such as keys/operator.pem of the data folder",
    );
  const key = readKeyFile(path);
  return { key: key.identity, sign: async (bytes) => key.signBytes(bytes) };
}

export function tell(
  port: ConsolePort,
  proposed: Proposed,
  flags: Pick<ProposeFlags, "dryRun" | "json">,
): void {
  const paint = createPaint(port.colour.out);
  if (proposed.kind === "accepted") {
    if (flags.json === true) {
      port.out(`${proposed.text}\n`);
      return;
    }
    const { configuration, index, instance, state_post_hash: hash, transition } = proposed.answer;
    const word =
      flags.dryRun === true
        ? "would be accepted"
        : proposed.replayed
          ? "accepted before"
          : "accepted";
    port.out(
      `${paint.good(word)}: ${plainText(transition)} of ${plainText(instance)} is record ${index}\n` +
        `  now in ${plainText(configuration.join(", "))}\n  state ${hash}\n  key   ${plainText(proposed.idemKey)}\n`,
    );
    return;
  }
  const { problem } = proposed;
  if (flags.json === true) {
    port.out(`${canonicalize({ ...problem } as never)}\n`);
    return;
  }
  const guard = problem.guard === undefined || problem.guard === null ? "" : ` by ${problem.guard}`;
  port.out(`${paint.error("refused")}${plainText(guard)} (${problem.code})\n`);
  for (const reason of problem.reasons ?? [problem.detail]) port.out(`  ${plainText(reason)}\n`);
  for (const { guard: name, ok, reasons } of problem.guard_outcomes ?? [])
    port.out(
      `  ${ok ? paint.good("ok") : paint.error("no")} ${plainText(name)} ${plainText(reasons.join("; "))}\n`,
    );
}
