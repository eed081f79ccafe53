import { join } from "node:path";
import { dataFolder } from "../node/data-folder.ts";
import { PolicyScanner } from "../providers/shhh/policy-scanner.ts";
import { saltedHash, saltOf } from "../providers/shhh/salted-hash.ts";
import type { RuleSet } from "../providers/shhh/secret-rule.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { Screen } from "./screen.ts";

/** The screen of an installation: the shipped rules, and the salt in its folder of keys. */
export function createScreen(folder: string, rules: RuleSet = SHIPPED_RULES): Screen {
  const hash = saltedHash(saltOf(join(dataFolder(folder).keys, "shhh.salt")));
  return new Screen({
    scanner: new PolicyScanner(rules, hash),
    strict: new PolicyScanner({ ...rules, sampleMark: "", sampleFileMark: "" }, hash),
    hash,
  });
}
