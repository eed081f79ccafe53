import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { SETTINGS_FILE, readSettingsFile } from "../settings/read-settings-file.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { SERVER_SETTINGS } from "../settings/server-settings.ts";
import { useAgeIdentity } from "./age-identity.ts";
import { encryptAge } from "./age.ts";
import { readKeyFile, writeKeyFile } from "./key-file.ts";
import { PrivateKey } from "./private-key.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-age-"));
const identityFile = join(root, "identity.txt");
let recipient: string;
let stranger: string;
beforeAll(async () => {
  const identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  stranger = await identityToRecipient(await generateX25519Identity());
  writeFileSync(identityFile, `# created: today\n# public key: ${recipient}\n${identity}\n`);
});
afterEach(() => useAgeIdentity({}));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "nothing was refused";
}

describe("an encrypted key file", () => {
  it("is read with the identity, and says what is missing without", () => {
    const key = PrivateKey.generate();
    const path = join(root, "key.pem");
    writeKeyFile(path, key, [recipient, stranger]);
    expect(readFileSync(path, "utf8")).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/u);
    expect(readFileSync(path, "utf8")).not.toContain("PRIVATE KEY");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(refusal(() => readKeyFile(path))).toBe(
      `${path}: it is encrypted with age, and no identity is named; set SWOOSH_AGE_IDENTITY to the file that age-keygen wrote`,
    );
    useAgeIdentity({ flag: identityFile });
    expect(readKeyFile(path).identity).toBe(key.identity);

    const others = join(root, "others.pem");
    writeKeyFile(others, key, [stranger]);
    expect(refusal(() => readKeyFile(others))).toContain(`${others}: age: no identity matched`);
    const damaged = join(root, "damaged.pem");
    writeFileSync(damaged, readFileSync(path, "utf8").replace(/\n.{8}/u, "\n********"));
    expect(refusal(() => readKeyFile(damaged))).toContain("the armor of the age file is damaged");
    useAgeIdentity({ flag: path });
    expect(refusal(() => readKeyFile(path))).toContain("has no age identity");
    useAgeIdentity({ flag: join(root, "none") });
    expect(refusal(() => readKeyFile(path))).toContain("cannot be read");
  });
});

describe("an encrypted setting", () => {
  const sealed = (text: string): string =>
    `age:${Buffer.from(encryptAge(Buffer.from(text), [recipient])).toString("base64")}`;
  const settings = (path: string) => {
    const file = readSettingsFile(path, (identity) => useAgeIdentity({ file: identity }));
    return resolveSettings(SERVER_SETTINGS, { flags: {}, environment: {}, file, filePath: path });
  };

  it("is opened, is hidden whatever its kind, and is in no message", () => {
    const path = join(root, SETTINGS_FILE);
    const lines = [
      `age-identity: ${identityFile}`,
      `metrics-token: ${sealed("canary-1")}`,
      `port: ${sealed("9000")}`,
    ];
    writeFileSync(path, [...lines, `charts: [plain, "${sealed("canary-2")}"]`].join("\n"));
    const effective = settings(path);
    const hidden = [...effective.values()].filter(({ isHidden }) => isHidden);
    expect(hidden.map(({ setting }) => setting.name)).toEqual(["port", "charts", "metrics-token"]);
    expect(effective.get("port")?.value).toBe(9000);
    expect(effective.get("charts")?.value).toEqual(["plain", "canary-2"]);
    expect(String(effective.get("metrics-token")?.value)).toBe("(secret)");

    writeFileSync(path, [lines[0], `port: ${sealed("canary-3")}`].join("\n"));
    expect(refusal(() => settings(path))).toBe(
      `${path}: port is of another form; an integer from 0 to 65535 is expected`,
    );
    useAgeIdentity({});
    writeFileSync(path, `metrics-token: ${sealed("canary-4")}\n`);
    expect(refusal(() => settings(path))).toMatch(
      /metrics-token cannot be decrypted: .*no identity is named/u,
    );
    writeFileSync(path, `${lines[0] ?? ""}\nmetrics-token: age:bm90aGluZw==\n`);
    expect(refusal(() => settings(path))).toContain("metrics-token cannot be decrypted: age: ");
    rmSync(path);
  });

  it("may be the whole file, whose values are hidden then; two files are one too many", () => {
    const path = join(root, SETTINGS_FILE);
    writeFileSync(
      `${path}.age`,
      encryptAge(Buffer.from("port: 9001\ninsecure: true\nname: canary-5\n"), [recipient]),
    );
    useAgeIdentity({ flag: identityFile });
    const effective = settings(path);
    expect(["port", "insecure", "name"].map((name) => effective.get(name)?.value)).toEqual([
      9001,
      true,
      "canary-5",
    ]);
    expect(["port", "insecure", "name"].every((name) => effective.get(name)?.isHidden)).toBe(true);
    writeFileSync(path, "port: 1\n");
    expect(refusal(() => settings(path))).toContain("are both there; keep one of them");
    rmSync(path);
    writeFileSync(`${path}.age`, "port: 1\n");
    expect(refusal(() => settings(path))).toContain("is no age file");
    rmSync(`${path}.age`);
  });
});
