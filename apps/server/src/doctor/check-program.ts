import process from "node:process";
import { loadSodium } from "../crypto/load-sodium.ts";
import { serverVersion } from "../server-version.ts";
import { tellerOf, type Finding } from "./finding.ts";

/** Node below it lacks what the server uses. */
const NODE_LEAST = [24, 15] as const;

/** The program itself: versions, and the library for signatures. */
export function checkProgram(
  nodeVersion: string = process.versions.node,
  hasSodium: boolean = loadSodium() !== undefined,
): readonly Finding[] {
  const { ok, warn } = tellerOf("program");
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const [majorLeast, minorLeast] = NODE_LEAST;
  const isNew = major > majorLeast || (major === majorLeast && minor >= minorLeast);
  const versions = `Swoosh ${serverVersion()} on Node ${nodeVersion}`;
  return [
    isNew
      ? ok(versions)
      : warn(
          `${versions}; ${NODE_LEAST.join(".")} is what it is tested on`,
          "run npm install in its folder: the right Node comes with it",
        ),
    ...(hasSodium
      ? []
      : [
          warn(
            "sodium-native does not load here: signatures are checked at about half the speed",
            "npm rebuild sodium-native",
          ),
        ]),
  ];
}
