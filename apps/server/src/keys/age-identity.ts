import { readFileSync } from "node:fs";
import process from "node:process";
import { Secret } from "../settings/secret.ts";
import { KeyProblem } from "./key-problem.ts";

/** Names the file with the age identities of this machine, as `age-keygen` writes it. */
export const AGE_IDENTITY_VARIABLE = "SWOOSH_AGE_IDENTITY";
const IDENTITY = /^AGE-SECRET-KEY-[A-Z0-9-]+$/u;

let byFlag: string | undefined;
let byFile: string | undefined;

/** What a flag or the settings file says: flag, environment, file, as everywhere. */
export function useAgeIdentity(said: { readonly flag?: string; readonly file?: string }): void {
  byFlag = said.flag;
  byFile = said.file;
}

/** The identities of this machine. Throws `KeyProblem` where none is named or the file has none. */
export function ageIdentities(): readonly Secret[] {
  const path = byFlag ?? process.env[AGE_IDENTITY_VARIABLE] ?? byFile;
  if (path === undefined || path === "")
    throw new KeyProblem(
      `it is encrypted with age, and no identity is named; set ${AGE_IDENTITY_VARIABLE} to the file that age-keygen wrote`,
    );
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new KeyProblem(`the age identity ${path} cannot be read; is it there, and yours?`, {
      cause: error,
    });
  }
  const identities = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => IDENTITY.test(line))
    .map((line) => new Secret(line));
  if (identities.length === 0)
    throw new KeyProblem(`${path} has no age identity; a line AGE-SECRET-KEY-1… is expected`);
  return identities;
}
