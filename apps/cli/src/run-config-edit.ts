import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { visit } from "yaml";
import { configText, parseConfig, readConfigFile, writeConfigFile } from "./config-file.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { EncryptFlags } from "./run-config-encrypt.ts";
import { createPaint } from "./paint.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** How an encrypted value looks while it is being edited; a new one written so is encrypted too. */
const PLAIN = "age-plain:";
/** Memory, where there is some that looks like a folder: plain text never reaches the disk. */
const MEMORY = "/dev/shm";

/** `swoosh config edit`: the settings file in `$VISUAL` or `$EDITOR`, with what is encrypted in it open meanwhile. */
export function runConfigEdit(port: ConsolePort, flags: EncryptFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const editor = process.env["VISUAL"] ?? process.env["EDITOR"] ?? "";
    const complain = (why: string, code: ExitCode): ExitCode => {
      port.err(`${createPaint(port.colour.err).error("swoosh:")} ${why}\n`);
      return code;
    };
    if (editor === "") return complain("no editor is known; set EDITOR", EXIT.usage);
    const { AGE_PREFIX } = await import("@swoosh/server/settings");
    const { ageIdentities, decryptAge, encryptAge, recipientsOf } =
      await import("@swoosh/server/keys");
    const file = await readConfigFile();
    const identities = ageIdentities();
    const recipients = flags.ageRecipient ?? recipientsOf(identities);
    const open = (bytes: Uint8Array): string =>
      Buffer.from(decryptAge(bytes, identities)).toString("utf8");
    const before = file.isWhole ? open(file.bytes) : Buffer.from(file.bytes).toString("utf8");
    const document = parseConfig(file.path, before);
    const sealed = new Map<string, string>();
    visit(document, {
      Scalar(_key, node) {
        if (typeof node.value !== "string" || !node.value.startsWith(AGE_PREFIX)) return;
        const plain = `${PLAIN}${open(Buffer.from(node.value.slice(AGE_PREFIX.length), "base64"))}`;
        sealed.set(plain, node.value);
        node.value = plain;
      },
    });
    const edited = edit(editor, configText(document));
    if (edited === null) return complain(`${editor} failed; nothing was changed`, EXIT.no);
    const after = parseConfig(file.path, edited);
    visit(after, {
      Scalar(_key, node) {
        if (typeof node.value !== "string" || !node.value.startsWith(PLAIN)) return;
        // What was not touched keeps its bytes, so that a diff shows what was.
        node.value =
          sealed.get(node.value) ??
          AGE_PREFIX +
            Buffer.from(
              encryptAge(Buffer.from(node.value.slice(PLAIN.length)), recipients),
            ).toString("base64");
      },
    });
    const text = configText(after);
    writeConfigFile(file, file.isWhole ? encryptAge(Buffer.from(text), recipients) : text);
    return EXIT.ok;
  });
}

/** What the editor left, or null where it failed. */
function edit(editor: string, text: string): string | null {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "swoosh-edit-"));
  const path = join(folder, "swoosh.config.yaml");
  try {
    writeFileSync(path, text, { mode: 0o600 });
    const { status } = spawnSync("sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
    return status === 0 ? readFileSync(path, "utf8") : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
