import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { canonicalize } from "@swoosh/kernel/values";
import type { RotateFlags } from "./add-propose-command.ts";
import { connect } from "./connect.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

/** DSSE type of the new key's word that it takes over (kernel). */
const ROTATION_TYPE = "application/vnd.swoosh.rotation.v1+json";

/**
 * `swoosh rotate`: the identity gets a new key, signed for by both. The new key is on the disk before anything is proposed, and
 * takes the old one's place in its file afterwards; the same command again goes on wherever it was ended.
 */
export function runRotate(port: ConsolePort, name: string, flags: RotateFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { dataFolder, PrivateKey, readKeyFile, writeKeyFile } =
      await import("@swoosh/server/keys");
    const own =
      flags.data === undefined || name !== "operator"
        ? undefined
        : dataFolder(flags.data).operatorKey;
    const path = flags.key ?? process.env["SWOOSH_KEY"] ?? own;
    if (path === undefined)
      throw new WorldError(`give --key with the present key file of identity/${name}`);
    const old = readKeyFile(path);
    const nextPath = `${path}.new`;
    if (!existsSync(nextPath))
      writeKeyFile(nextPath, PrivateKey.generate(), flags.ageRecipient ?? []);
    const next = readKeyFile(nextPath);
    const signer = { key: old.identity, sign: async (bytes: Uint8Array) => old.signBytes(bytes) };
    const { client, close } = await connect(flags, signer, (words) =>
      port.err(`swoosh: ${plainText(words)}\n`),
    );
    try {
      const instance = `identity/${name}`;
      const held = (await client.state(instance))?.state?.context["key"];
      // Somebody ended this command after the record and before the files.
      if (held !== next.identity) {
        const names = { new_key: next.identity, old_key: old.identity };
        const proposed = await client.propose(instance, "Identity_Rotate", {
          key: next.identity,
          signature: next.sign(ROTATION_TYPE, names),
        });
        if (proposed.kind === "refused") {
          const { code, detail, reasons } = proposed.problem;
          port.err(
            `swoosh: refused (${code}): ${plainText((reasons ?? [detail]).join("; "))}. Both keys are as they were; ${plainText(nextPath)} is worth nothing until it is accepted\n`,
          );
          return EXIT.no;
        }
      }
    } finally {
      await close();
    }
    const oldPath = `${path}.old`;
    copyFileSync(path, oldPath);
    renameSync(nextPath, path);
    syncFolder(dirname(path));
    port.out(
      flags.json === true
        ? `${canonicalize({ identity: `identity/${name}`, key: next.identity, file: path, old: oldPath })}\n`
        : `identity/${name} signs with ${next.identity}\n  key file  ${path}\n  old key   ${oldPath}: nobody is believed with it any more; take it away when backups have the new one\n`,
    );
    return EXIT.ok;
  });
}

/** Both names are durable when this returns. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
