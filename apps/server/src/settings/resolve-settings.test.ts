import { describe, expect, it } from "vitest";
import { resolveSettings, type SettingSources } from "./resolve-settings.ts";
import { Secret } from "./secret.ts";
import { SERVER_SETTINGS } from "./server-settings.ts";
import { variableOf, type Setting, type SettingValue } from "./setting.ts";

/** Four values of each kind that can be told apart, as somebody writes them, and what they are read as. */
const VALUES: Readonly<
  Record<Setting["kind"], readonly (readonly [said: string, value: SettingValue])[]>
> = {
  text: [
    ["flag-text", "flag-text"],
    ["variable-text", "variable-text"],
    ["file-text", "file-text"],
  ],
  integer: [
    ["3", 3],
    ["2", 2],
    ["1", 1],
  ],
  switch: [
    ["true", true],
    ["false", false],
    ["1", true],
  ],
  list: [
    ["a,b", ["a", "b"]],
    ["c", ["c"]],
    ["d,,e", ["d", "e"]],
  ],
  secret: [
    ["flag-secret", new Secret("flag-secret")],
    ["variable-secret", new Secret("variable-secret")],
    ["file-secret", new Secret("file-secret")],
  ],
};

const plain = (value: SettingValue | undefined): unknown =>
  value instanceof Secret ? value.reveal() : value;

function resolved(setting: Setting, given: Partial<SettingSources>) {
  const sources = { flags: {}, environment: {}, file: {}, filePath: "file.yaml", ...given };
  const { isHidden, origin, value } = resolveSettings([setting], sources).get(setting.name) ?? {};
  return { isHidden, origin, value: plain(value) };
}

describe("a setting", () => {
  it.each(SERVER_SETTINGS.map((setting) => [setting.name, setting] as const))(
    "is taken from its flag, else its variable, else the file, else its default: %s",
    (name, setting) => {
      // Its own bounds may exclude the small numbers.
      const one = { ...setting, minimum: 0, maximum: 9 };
      const [flag, variable, file] = VALUES[setting.kind];
      if (flag === undefined || variable === undefined || file === undefined)
        throw new Error("there are three");
      const flags = { [name]: flag[0] };
      const environment = { [variableOf(setting)]: variable[0] };
      const inFile = { [name]: file[0] };
      const isHidden = setting.kind === "secret";
      expect(resolved(one, { flags, environment, file: inFile })).toEqual({
        isHidden,
        origin: "flag",
        value: plain(flag[1]),
      });
      expect(resolved(one, { environment, file: inFile })).toEqual({
        isHidden,
        origin: "environment",
        value: plain(variable[1]),
      });
      expect(resolved(one, { file: inFile })).toEqual({
        isHidden,
        origin: "file",
        value: plain(file[1]),
      });
      expect(resolved(one, {})).toEqual({
        isHidden: false,
        origin: "default",
        value: setting.default,
      });
      // Its name in capitals, and nothing that begins like it.
      expect(variableOf(setting)).toBe(`SWOOSH_${name.toUpperCase().replaceAll("-", "_")}`);
      const near = { [`${variableOf(setting)}_X`]: "x", [name]: "x" };
      expect(resolved(one, { environment: near }).origin).toBe("default");
    },
  );

  it("that cannot be is refused with its place, also where a stronger one is sound", () => {
    const port = SERVER_SETTINGS.find(({ name }) => name === "port");
    if (port === undefined) throw new Error("there is a port");
    for (const [given, place] of [
      [{ flags: { port: "x" } }, '--port is "x"'],
      [{ environment: { SWOOSH_PORT: "65536" } }, 'SWOOSH_PORT is "65536"'],
      [{ file: { port: -1 } }, "file.yaml: port is -1"],
      [{ file: { port: true } }, "file.yaml: port is true"],
    ] as const)
      expect(() => resolved(port, given)).toThrow(place);
    expect(() => resolved(port, { flags: { port: 1 }, file: { prot: 1 } })).toThrow(
      'there is no setting "prot"',
    );
  });
});
