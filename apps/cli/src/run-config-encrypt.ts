import { configText, parseConfig, readConfigFile, writeConfigFile } from "./config-file.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { withServerErrors } from "./with-server-errors.ts";

export interface EncryptFlags {
  readonly ageRecipient?: readonly string[];
}

/** `swoosh config encrypt`: the value comes by standard input, for arguments can be seen by everybody on the machine. */
export function runConfigEncrypt(
  port: ConsolePort,
  name: string,
  flags: EncryptFlags,
): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { AGE_PREFIX, SERVER_SETTINGS } = await import("@swoosh/server/settings");
    const { ageIdentities, encryptAge, recipientsOf } = await import("@swoosh/server/keys");
    const refuse = (why: string): ExitCode => {
      port.err(`${createPaint(port.colour.err).error("swoosh:")} ${plainText(why)}\n`);
      return EXIT.usage;
    };
    if (!SERVER_SETTINGS.some((setting) => setting.name === name))
      return refuse(`there is no setting ${JSON.stringify(name)}; swoosh config lists them`);
    if (port.stdinIsTerminal)
      return refuse(`send the value by standard input: swoosh config encrypt ${name} < FILE`);
    const lines: string[] = [];
    for await (const line of port.stdinLines()) lines.push(line);
    const value = lines.join("\n");
    if (value === "") return refuse("standard input is empty; the value is expected there");
    const file = await readConfigFile();
    if (file.isWhole)
      return refuse(`${file.path} is encrypted as a whole; change it with swoosh config edit`);
    const recipients = flags.ageRecipient ?? recipientsOf(ageIdentities());
    const bytes = encryptAge(Buffer.from(value), recipients);
    const document = parseConfig(file.path, Buffer.from(file.bytes).toString("utf8"));
    document.set(name, `${AGE_PREFIX}${Buffer.from(bytes).toString("base64")}`);
    writeConfigFile(file, configText(document));
    port.err(`${name} in ${file.path} is encrypted for ${recipients.join(", ")}\n`);
    return EXIT.ok;
  });
}
